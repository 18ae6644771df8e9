// The place that distances are measured from, with range rings around it. Loaded after the first picture. The rings are
// circles on the round Earth; their distance follows the zoom.
import L from "leaflet";
import { destination, distanceM, type LatLon } from "@/flights/greatCircle";
import { type Formats, withUnit } from "@/texts/formats";
import { nearLongitude } from "./bounds";
import type { Here } from "./here";

const RING_COUNT = 5;
/** The innermost ring has at least this radius on the screen. */
const LEAST_RING_PX = 70;
const RING_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500] as const;
/** Corners of a ring, degrees apart. */
const CORNER_DEG = 4;
/** Labels are on the north-east of the rings, where they rarely cover each other. */
const LABEL_BEARING_DEG = 45;

export class HereLayer {
  private readonly marks = L.layerGroup();
  private readonly rings = L.layerGroup();
  private readonly outline = L.polygon([], { className: "range-outline", interactive: false });
  private corners: readonly LatLon[] = [];
  private here: Here | null = null;
  private formats: Formats | null = null;
  private isShown = true;
  private label = "";

  constructor(private readonly map: L.Map) {
    this.marks.addTo(map);
    this.outline.addTo(map);
    this.rings.addTo(map);
    map.on("zoomend moveend", this.drawRings);
  }

  show(here: Here | null, label: string): void {
    this.here = here;
    this.label = label;
    this.draw();
  }

  showRings(isShown: boolean): void {
    this.isShown = isShown;
    this.drawRings();
  }

  /** How far the receiver was heard; empty for no outline. */
  showOutline(corners: readonly LatLon[]): void {
    this.corners = corners;
    this.outline.setLatLngs(this.isShown ? corners.map((corner) => this.onCopy(corner)) : []);
  }

  setFormats(formats: Formats): void {
    this.formats = formats;
    this.drawRings();
  }

  remove(): void {
    this.map.off("zoomend moveend", this.drawRings);
    this.marks.remove();
    this.outline.remove();
    this.rings.remove();
  }

  private draw(): void {
    this.marks.clearLayers();
    if (this.here !== null) {
      const mark = L.circleMarker(this.onCopy(this.here), { radius: 6, className: "here-mark", interactive: false });
      if (this.label !== "") mark.bindTooltip(text(this.label), { ...LABEL, direction: "bottom", offset: [0, 6] });
      this.marks.addLayer(mark);
    }
    this.drawRings();
  }

  private readonly drawRings = (): void => {
    this.rings.clearLayers();
    this.showOutline(this.corners);
    const { here, formats } = this;
    if (here === null || formats === null || !this.isShown) return;
    const step = this.ringStep(here, formats);
    if (step === undefined) return;
    const stepM = formats.metresOf(step);
    for (let ring = 1; ring <= RING_COUNT; ring++) {
      const radiusM = ring * stepM;
      const corners = Array.from({ length: 360 / CORNER_DEG + 1 }, (_, i) =>
        this.onCopy(destination(here, i * CORNER_DEG, radiusM)),
      );
      this.rings.addLayer(L.polyline(corners, { className: "range-ring", interactive: false, smoothFactor: 0.5 }));
      const at = this.onCopy(destination(here, LABEL_BEARING_DEG, radiusM));
      const name = L.tooltip({ ...LABEL, direction: "center" })
        .setLatLng(at)
        .setContent(text(withUnit(formats.count(ring * step), formats.distanceUnit)));
      this.rings.addLayer(name);
    }
  };

  /** Units of distance between two rings; undefined where even the widest are too narrow. */
  private ringStep(here: Here, formats: Formats): number | undefined {
    const { lat, lng } = this.map.getCenter();
    const beside = this.map.unproject(this.map.project([lat, lng]).add([1, 0]));
    // At the latitude of the rings, not at that of the middle.
    const scale = Math.cos((here.latitudeDeg * Math.PI) / 180) / Math.max(0.05, Math.cos((lat * Math.PI) / 180));
    const metresPerPx = distanceM(
      { latitudeDeg: lat, longitudeDeg: lng },
      { latitudeDeg: beside.lat, longitudeDeg: beside.lng },
    );
    return RING_STEPS.find((units) => formats.metresOf(units) >= LEAST_RING_PX * metresPerPx * scale);
  }

  /** On the copy of the world that the map shows. */
  private onCopy({ latitudeDeg, longitudeDeg }: LatLon): L.LatLngTuple {
    const shift = nearLongitude(this.here?.longitudeDeg ?? longitudeDeg, this.map.getCenter().lng);
    return [latitudeDeg, longitudeDeg + shift - (this.here?.longitudeDeg ?? longitudeDeg)];
  }
}

export const LABEL = { permanent: true, className: "map-label", interactive: false } as const;

/** As a text of its own: Leaflet takes a string for HTML. */
export function text(words: string): HTMLElement {
  const label = document.createElement("span");
  label.textContent = words;
  return label;
}
