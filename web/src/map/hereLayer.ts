// The place that distances are measured from, with range rings around it. Loaded after the first picture. The rings are
// circles on the round Earth; their distance follows the zoom.
import L from "leaflet";
import { destination, distanceM, type LatLon } from "@/flights/greatCircle";
import { type Formats, withUnit } from "@/texts/formats";
import { nearLongitude } from "./bounds";
import { BoxIndex } from "./boxIndex";
import type { Here } from "./here";
import { boxBeside } from "./labelChoice";
import { onTexts } from "./mapTexts";
import { type LabelPlace, labelPlace, labelSize, offsetOf, textsOn } from "./tooltipSide";

const RING_COUNT = 5;
/** The innermost ring has at least this radius on the screen. */
const LEAST_RING_PX = 70;
const RING_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500] as const;
/** Corners of a ring, degrees apart. */
const CORNER_DEG = 4;
/** Labels are on the north-east of the rings, where they rarely cover each other, or where no name of the map is. */
const LABEL_BEARINGS_DEG = [45, 53, 37, 61, 29, 69, 21, 135, 315, 225] as const;
const MARK_PX = 6;
const MARK_SIDES = ["below", "above", "right", "left"] as const;

export class HereLayer {
  private readonly marks = L.layerGroup();
  private readonly rings = L.layerGroup();
  private readonly outline = L.polygon([], { className: "range-outline", interactive: false });
  private corners: readonly LatLon[] = [];
  private here: Here | null = null;
  private formats: Formats | null = null;
  private isShown = true;
  private label = "";
  private labelAt: LabelPlace = { direction: "bottom", furtherPx: 0 };
  private readonly forgetTexts: () => void;

  constructor(private readonly map: L.Map) {
    this.marks.addTo(map);
    this.outline.addTo(map);
    this.rings.addTo(map);
    map.on("zoomend moveend", this.drawRings);
    this.forgetTexts = onTexts(this.drawRings);
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
    this.forgetTexts();
    this.map.off("zoomend moveend", this.drawRings);
    this.marks.remove();
    this.outline.remove();
    this.rings.remove();
  }

  private draw(): void {
    this.drawMark();
    this.drawRings();
  }

  private drawMark(): void {
    this.marks.clearLayers();
    if (this.here === null) return;
    const mark = L.circleMarker(this.onCopy(this.here), {
      radius: MARK_PX,
      className: "here-mark",
      interactive: false,
    });
    const { direction } = this.labelAt;
    const offset = offsetOf(this.labelAt, MARK_PX);
    if (this.label !== "") mark.bindTooltip(text(this.label), { ...LABEL, direction, offset });
    this.marks.addLayer(mark);
  }

  private readonly drawRings = (): void => {
    this.rings.clearLayers();
    this.showOutline(this.corners);
    const { here, formats } = this;
    if (here === null || formats === null) return;
    const taken = new BoxIndex(textsOn(this.map));
    this.turnMark(here, taken);
    if (!this.isShown) return;
    const step = this.ringStep(here, formats);
    if (step === undefined) return;
    const stepM = formats.metresOf(step);
    for (let ring = 1; ring <= RING_COUNT; ring++) {
      const radiusM = ring * stepM;
      const corners = Array.from({ length: 360 / CORNER_DEG + 1 }, (_, i) =>
        this.onCopy(destination(here, i * CORNER_DEG, radiusM)),
      );
      this.rings.addLayer(L.polyline(corners, { className: "range-ring", interactive: false, smoothFactor: 0.5 }));
      const words = withUnit(formats.count(ring * step), formats.distanceUnit);
      const size = labelSize(words);
      const places = LABEL_BEARINGS_DEG.map((bearing) => {
        const at = this.onCopy(destination(here, bearing, radiusM));
        // In the middle of its place: beside it at minus half of its width.
        return { at, box: boxBeside("right", this.map.latLngToContainerPoint(at), size, -size.width / 2) };
      });
      const place = places.find(({ box }) => taken.isFree(box)) ?? places[0];
      if (place === undefined) continue;
      taken.add(place.box);
      const name = L.tooltip({ ...LABEL, direction: "center" })
        .setLatLng(place.at)
        .setContent(text(words));
      this.rings.addLayer(name);
    }
  };

  private turnMark(here: Here, taken: BoxIndex): void {
    if (this.label === "") return;
    const { direction, furtherPx } = this.labelAt;
    this.labelAt = labelPlace(this.map, this.onCopy(here), this.label, MARK_SIDES, taken);
    if (direction !== this.labelAt.direction || furtherPx !== this.labelAt.furtherPx) this.drawMark();
  }

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
