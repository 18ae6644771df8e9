// The map view as two linear terms: screen pixel = Mercator fraction × scale − origin. All our layers draw each frame
// with it, so aircraft and map move together during panning and Leaflet's animated zoom (a CSS transition).
import type { Map as LeafletMap, ZoomAnimEvent } from "leaflet";
import { longitudeDeg, latitudeDeg as toLatitudeDeg } from "@/flights/mercator";

export interface MapView {
  /** Pixels per world. */
  readonly scale: number;
  /** World pixel at the left and top edge of the map. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const TILE_PX = 256;
/** Duration and curve of `.leaflet-zoom-anim .leaflet-zoom-animated` in Leaflet's style sheet. */
const ZOOM_MS = 250;

export class ViewTracker {
  private animation: { readonly from: MapView; readonly to: MapView; readonly startMs: number } | null = null;

  constructor(private readonly map: LeafletMap) {
    map.on("zoomanim", this.begin);
    map.on("zoomend viewreset", this.end);
  }

  remove(): void {
    this.map.off("zoomanim", this.begin);
    this.map.off("zoomend viewreset", this.end);
  }

  get isAnimating(): boolean {
    return this.animation !== null;
  }

  current(nowMs: number): MapView {
    if (this.animation === null) return settledView(this.map);
    const { from, to, startMs } = this.animation;
    const progress = eased(Math.min(1, (nowMs - startMs) / ZOOM_MS));
    const between = (a: number, b: number) => a + (b - a) * progress;
    return {
      scale: between(from.scale, to.scale),
      left: between(from.left, to.left),
      top: between(from.top, to.top),
      width: to.width,
      height: to.height,
    };
  }

  private readonly begin = ({ center, zoom }: ZoomAnimEvent): void => {
    const nowMs = performance.now();
    const from = this.current(nowMs);
    const corner = this.map.project(center, zoom).subtract(this.map.getSize().divideBy(2));
    const to = { ...from, scale: TILE_PX * 2 ** zoom, left: corner.x, top: corner.y };
    this.animation = { from, to, startMs: nowMs };
  };

  private readonly end = (): void => {
    this.animation = null;
  };
}

/** The view of a map that is not animated. */
export function settledView(map: LeafletMap): MapView {
  const { min } = map.getPixelBounds();
  const { x, y } = map.getSize();
  if (min === undefined) throw new Error("a map without bounds");
  return { scale: TILE_PX * 2 ** map.getZoom(), left: min.x, top: min.y, width: x, height: y };
}

/** CSS cubic-bezier(0, 0, 0.25, 1): x = 3(1−t)t²·0.25 + t³, y = 3(1−t)t² + t³, solved for t by bisection. */
function eased(progress: number): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < 20; i++) {
    const t = (low + high) / 2;
    if (0.75 * (1 - t) * t * t + t ** 3 < progress) low = t;
    else high = t;
  }
  return 3 * (1 - low) * low * low + low ** 3;
}

/** Pixels from the map's corner to the copy of a place that is nearest to the middle of the map. */
export function screenX(view: MapView, x: number): number {
  const centre = (view.left + view.width / 2) / view.scale;
  return view.width / 2 + (x - centre - Math.round(x - centre)) * view.scale;
}

export function screenY(view: MapView, y: number): number {
  return y * view.scale - view.top;
}

export function placeOf(x: number, y: number): { latitudeDeg: number; longitudeDeg: number } {
  return { latitudeDeg: toLatitudeDeg(y), longitudeDeg: longitudeDeg(x) };
}

/** How many copies of the world fill the map on each side. */
export function worldCopies(view: MapView): number {
  return Math.max(0, Math.ceil((view.width / view.scale - 1) / 2));
}
