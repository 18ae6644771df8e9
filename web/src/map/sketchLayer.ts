// Shows what a person draws on the map, and adds the points they click. While they draw, clicks select nothing.
import L from "leaflet";
import { destination, distanceM, greatCircle, type LatLon } from "@/flights/greatCircle";
import type { Formats } from "@/texts/formats";
import type { FlightLayer } from "./flightLayer";
import { LABEL, text } from "./hereLayer";
import { addPoint, canFinish, finishSketch, getSketch, setOnMap, subscribeSketch } from "./sketch";

/** Corners of a circle, degrees apart. */
const CORNER_DEG = 4;

export class SketchLayer {
  private readonly marks = L.layerGroup();
  private readonly forget: () => void;
  private formats: Formats | null = null;
  private isActive = false;

  constructor(
    private readonly map: L.Map,
    private readonly flights: FlightLayer,
  ) {
    this.marks.addTo(map);
    this.forget = subscribeSketch(() => this.changed());
    map.on("click", this.clicked);
    map.on("dblclick", this.doubleClicked);
    setOnMap(true);
  }

  setFormats(formats: Formats): void {
    this.formats = formats;
    this.changed();
  }

  remove(): void {
    this.forget();
    setOnMap(false);
    this.map.off("click", this.clicked);
    this.map.off("dblclick", this.doubleClicked);
    this.marks.remove();
  }

  private changed(): void {
    const sketch = getSketch();
    this.isActive = sketch !== null;
    // In the next task: the click that ends a sketch selects nothing either.
    setTimeout(() => {
      this.flights.ignoresClicks = this.isActive;
    });
    this.map.getContainer().classList.toggle("is-drawing", this.isActive);
    if (this.isActive) this.map.doubleClickZoom.disable();
    else this.map.doubleClickZoom.enable();
    this.marks.clearLayers();
    if (sketch === null) return;
    const { kind, points } = sketch;
    for (const point of points) {
      this.marks.addLayer(L.circleMarker(latLng(point), { radius: 4, className: "sketch-point", interactive: false }));
    }
    if (kind === "circle") return;
    if (kind === "polygon" && points.length > 2) {
      this.marks.addLayer(L.polygon(points.map(latLng), { className: "sketch-line", interactive: false }));
      return;
    }
    // A distance is along the shortest path, the edge of a polygon straight on the map.
    const line = kind === "measure" ? points.flatMap((point, i) => this.leg(points[i - 1], point)) : points;
    this.marks.addLayer(L.polyline(line.map(latLng), { className: "sketch-line", interactive: false }));
    if (kind === "measure") this.labelLegs(points);
  }

  private leg(from: LatLon | undefined, to: LatLon): LatLon[] {
    return from === undefined ? [to] : greatCircle(from, to, 0.5);
  }

  /** The distance up to each point. */
  private labelLegs(points: readonly LatLon[]): void {
    let metres = 0;
    points.forEach((point, i) => {
      const before = points[i - 1];
      if (before === undefined || this.formats === null) return;
      metres += distanceM(before, point);
      const label = L.tooltip({ ...LABEL, direction: "right", offset: [6, 0] });
      this.marks.addLayer(label.setLatLng(latLng(point)).setContent(text(this.formats.distance(metres))));
    });
  }

  private readonly clicked = ({ latlng }: L.LeafletMouseEvent): void => {
    if (this.isActive) addPoint({ latitudeDeg: latlng.lat, longitudeDeg: latlng.lng });
  };

  /** Its two clicks have added the last point already. */
  private readonly doubleClicked = (): void => {
    if (this.isActive && canFinish() && getSketch()?.kind !== "measure") finishSketch();
  };
}

function latLng({ latitudeDeg, longitudeDeg }: LatLon): L.LatLngTuple {
  return [latitudeDeg, longitudeDeg];
}

/** The edge of a circle on the round Earth. */
export function circleCorners(centre: LatLon, radiusM: number): L.LatLngTuple[] {
  return Array.from({ length: 360 / CORNER_DEG }, (_, i) => latLng(destination(centre, i * CORNER_DEG, radiusM)));
}
