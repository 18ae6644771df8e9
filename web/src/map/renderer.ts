// The interface of the two renderers: the GPU (webglRenderer.ts), or a 2D canvas if that fails (canvasRenderer.ts).
// FlightLayer owns one. Both read the client's rows and show an aircraft at the same place.
import type { FlightRows } from "@/flights/flightRows";
import type { RowsUpdate } from "@/flights/rowsUpdate";
import type { TrailPoints } from "@/flights/trailLayout";
import type { Palette } from "./palette";
import type { MapView } from "./view";

export interface Scene {
  readonly view: MapView;
  /** Server time in the seconds of the rows' instances. */
  readonly timeS: number;
  /** False if the user prefers reduced motion: corrections are then shown at once. */
  readonly blends: boolean;
  /** For how many seconds after its position an aircraft is extrapolated; 0 shows the received positions. */
  readonly flownS: number;
  readonly palette: Palette;
  /** Colours of classes of aircraft as `#rrggbb`; empty: by altitude. The class is in the state byte, above the flags. */
  readonly classColours: readonly string[];
  /** Side of an airliner's icon, CSS pixels. */
  readonly iconPx: number;
  readonly pixelRatio: number;
  /** Scale of text, 1 on a usual screen. */
  readonly pageScale: number;
  /** The row that is drawn above all others, that of the selected aircraft; −1 for none. */
  readonly topRow: number;
}

export type RendererKind = "webgl2" | "canvas";

export interface FlightRenderer {
  readonly kind: RendererKind;
  readonly canvas: HTMLCanvasElement;
  /** How many trail points it can draw. */
  readonly mostTrailPoints: number;
  /** Draw other rows from now on. */
  show(rows: FlightRows): void;
  /** Rows changed; null means all of them. */
  rowsChanged(update: RowsUpdate | null): void;
  /** The state byte (VISIBLE, SELECTED, HOVERED) of a row changed. */
  statesChanged(states: Uint8Array): void;
  /** Trails of all aircraft, drawn below them; null for none. */
  trailsChanged(trails: TrailPoints | null): void;
  draw(scene: Scene): void;
  dispose(): void;
}

/** The renderer of the address, `?renderer=canvas`; otherwise the best one. */
export function wantedRenderer(search: string): RendererKind {
  return new URLSearchParams(search).get("renderer") === "canvas" ? "canvas" : "webgl2";
}

export function flightCanvas(): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.className = "flight-canvas";
  canvas.setAttribute("aria-hidden", "true");
  return canvas;
}

/**
 * Give a canvas the size of the map, in device pixels. Its size on the screen changes with it: while the map is resized,
 * the previous image must not be stretched relative to the tiles below it.
 */
export function fitCanvas(canvas: HTMLCanvasElement, { view, pixelRatio }: Scene): void {
  const width = Math.round(view.width * pixelRatio);
  const height = Math.round(view.height * pixelRatio);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.style.width = `${view.width}px`;
  canvas.style.height = `${view.height}px`;
}

const FULL_ZOOM = 8;
const USUAL_COUNT = 2_000;

/**
 * Icons grow with the zoom, to keep a continent readable and to show details at an airport. With many aircraft, icons on
 * a small map are smaller; with few, they are larger.
 */
export function iconSizePx(scale: number, shownCount: number): number {
  const zoom = Math.log2(scale / 256);
  const usualPx = Math.max(10, Math.min(32, 8 + (zoom - 2) * 3));
  const crowding = Math.max(0.7, Math.min(1.4, (USUAL_COUNT / Math.max(1, shownCount)) ** 0.25));
  const share = Math.max(0, Math.min(1, (FULL_ZOOM - zoom) / (FULL_ZOOM - 3)));
  return usualPx * (1 + (crowding - 1) * share);
}
