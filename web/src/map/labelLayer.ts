// Callsigns next to the aircraft, at zooms where they are readable or if few aircraft pass the filters. Closer views add
// altitude and speed. The selected aircraft and emergencies always have a label.
//
// Bounded: a frame has at most MOST_LABELS, each copied from a small image that was drawn once. They are chosen twice a
// second. In a far view only the important aircraft have labels, and the others are not examined.
import { type Place, placeAt } from "@/flights/deadReckoning";
import type { FlightRows } from "@/flights/flightRows";
import {
  INSTANCE,
  INSTANCE_BYTES,
  INSTANCE_FLOATS,
  SELECTED,
  STYLE_BITS_AT,
  STYLE_EMERGENCY,
  VISIBLE,
} from "@/flights/instance";
import type { Formats } from "@/texts/formats";
import { boxBeside, type Candidate, chooseLabels, freeSide, NOWHERE, SIDES, type Side } from "./labelChoice";
import { textsIn } from "./mapTexts";
import type { Palette } from "./palette";
import { fitCanvas, type Scene } from "./renderer";
import { screenX, screenY } from "./view";

const MOST_LABELS = 150;
/** With more aircraft in view, only the important ones have a label. */
const MOST_IN_VIEW = 2_500;
/** Labels are shown from this zoom on, and before it if at most this many aircraft pass the filters. */
const LABELS_FROM_ZOOM = 7;
const FEW_AIRCRAFT = 60;
const DETAILS_FROM_ZOOM = 9;
const CHOOSE_MS = 500;
const MOST_PICTURES = 600;
const WIDTH_PX = 84;
const LINE_PX = 13;
const GAP_PX = 3;
/** How far an icon, and the ring around one, extend to the right, in icon sizes. */
const ICON_REACH = 0.6;
const RING_REACH = 1.15;
/** Margin for aircraft that have flown into view since their last position: 15 km at the closest zoom. */
const REACH_PX = 1_500;

/** The visible aircraft, as FlightLayer keeps them. */
export interface Visible {
  /** The state byte of each row. */
  readonly states: Uint8Array;
  /** Visible rows of the selected aircraft and of emergencies. */
  readonly important: readonly number[];
  readonly visibleCount: number;
  /** Of the selected aircraft, which is drawn above the others; −1 for none. */
  readonly topRow: number;
}

interface Label {
  readonly row: number;
  readonly icao24: number;
  /** The selected aircraft and emergencies. */
  readonly hasRing: boolean;
  readonly picture: HTMLCanvasElement;
  readonly side: Side;
}

export class LabelLayer {
  readonly canvas = document.createElement("canvas");
  private readonly context: CanvasRenderingContext2D | null;
  private readonly pictures = new Map<string, HTMLCanvasElement>();
  private labels: readonly Label[] = [];
  private chosenAtMs = Number.NEGATIVE_INFINITY;
  private isOn = true;
  private formats: Formats | null = null;
  private picturesFor = "";
  private hasDrawn = false;
  private readonly place: Place = { x: 0, y: 0, headingRad: 0 };

  constructor(private readonly rows: FlightRows) {
    this.canvas.className = "label-canvas";
    this.canvas.setAttribute("aria-hidden", "true");
    this.context = this.canvas.getContext("2d");
  }

  /** If false, only the selected aircraft and emergencies have a label. */
  show(isOn: boolean): void {
    this.isOn = isOn;
    this.chosenAtMs = Number.NEGATIVE_INFINITY;
  }

  setFormats(formats: Formats): void {
    this.formats = formats;
    this.chosenAtMs = Number.NEGATIVE_INFINITY;
  }

  draw(scene: Scene, visible: Visible): void {
    const { context, rows, place } = this;
    const { states } = visible;
    if (context === null || this.formats === null) return;
    this.forgetPicturesOfAnotherScene(scene, this.formats);
    const nowMs = performance.now();
    if (nowMs - this.chosenAtMs > CHOOSE_MS) {
      this.chosenAtMs = nowMs;
      this.choose(scene, visible, this.formats);
    }
    fitCanvas(this.canvas, scene);
    if (this.labels.length === 0 && !this.hasDrawn) return;
    const { view, pixelRatio } = scene;
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    context.clearRect(0, 0, view.width, view.height);
    this.hasDrawn = this.labels.length > 0;
    for (const { row, icao24, hasRing, picture, side } of this.labels) {
      if (rows.icao24[row] !== icao24 || ((states[row] ?? 0) & VISIBLE) === 0) continue;
      placeAt(rows.instances, row, scene.timeS, scene.blends, place, scene.flownS);
      const at = { x: screenX(view, place.x), y: screenY(view, place.y) };
      const size = { width: picture.width / pixelRatio, height: picture.height / pixelRatio };
      const { left, top } = boxBeside(side, at, size, distanceOf(hasRing, scene));
      context.drawImage(picture, Math.round(left), Math.round(top), size.width, size.height);
    }
  }

  private choose(scene: Scene, visible: Visible, formats: Formats): void {
    const zoom = Math.log2(scene.view.scale / 256);
    const hasDetails = zoom >= DETAILS_FROM_ZOOM;
    const width = WIDTH_PX * scene.pageScale + scene.iconPx / 2;
    const size = { width, height: (LINE_PX * (hasDetails ? 2 : 1) + 2) * scene.pageScale };
    const kept = new Set(this.labels.map(({ row }) => row));
    const chosen = chooseLabels(this.candidates(scene, visible, zoom >= LABELS_FROM_ZOOM), kept, size, MOST_LABELS);
    const pictures = chosen.map(({ row }) =>
      this.pictureOf(linesOf(this.rows, row, hasDetails ? formats : null), scene),
    );
    const sides = this.sidesOf(chosen, pictures, scene);
    // The important ones last, above those that have moved below them since.
    this.labels = chosen
      .map(({ row, weight }, i) => ({
        row,
        icao24: this.rows.icao24[row] as number,
        hasRing: weight > 0,
        picture: pictures[i] as HTMLCanvasElement,
        side: sides[i] as Side,
      }))
      .reverse();
    this.canvas.dataset.labels = String(this.labels.length);
    this.canvas.dataset.moved = String(sides.filter((side) => side !== "right").length);
  }

  /** Where each label stands: on the right, or where it covers neither a text of the map nor another label. */
  private sidesOf(chosen: readonly Candidate[], pictures: readonly HTMLCanvasElement[], scene: Scene): Side[] {
    const container = this.canvas.parentElement;
    if (container === null) return chosen.map(() => "right");
    const before = new Map(this.labels.map(({ row, side }) => [row, side]));
    const boxAt = (i: number, side: Side) => {
      const { width, height } = pictures[i] as HTMLCanvasElement;
      const { weight, ...at } = chosen[i] as Candidate;
      const size = { width: width / scene.pixelRatio, height: height / scene.pixelRatio };
      return boxBeside(side, at, size, distanceOf(weight > 0, scene));
    };
    const texts = textsIn(scene.view, container);
    const taken = [...chosen.map((_, i) => boxAt(i, "right")), ...texts];
    return chosen.map(({ row }, i) => {
      taken[i] = NOWHERE;
      // Where it was, if that is as good as any: labels should not jump.
      const sides = ["right", before.get(row) ?? "right", ...SIDES] as const;
      const side = freeSide(sides, (wanted) => boxAt(i, wanted), taken);
      taken[i] = boxAt(i, side);
      return side;
    });
  }

  /** Candidates for a label: the important ones and, at zooms with labels, all in view. */
  private candidates(scene: Scene, { states, important, visibleCount }: Visible, isNear: boolean): Candidate[] {
    const found: Candidate[] = [];
    for (const row of important) this.consider(scene, row, ((states[row] ?? 0) & SELECTED) !== 0 ? 3 : 2, found);
    if (!this.isOn || !(isNear || visibleCount <= FEW_AIRCRAFT)) return found;
    const { instances, instanceBytes, rowCount } = this.rows;
    const { view } = scene;
    const north = (view.top - REACH_PX) / view.scale;
    const south = (view.top + view.height + REACH_PX) / view.scale;
    const importantCount = found.length;
    for (let row = 0; row < Math.min(rowCount, states.length); row++) {
      if (((states[row] as number) & (VISIBLE | SELECTED)) !== VISIBLE) continue;
      if (((instanceBytes[row * INSTANCE_BYTES + STYLE_BITS_AT] as number) & STYLE_EMERGENCY) !== 0) continue;
      const heardY = instances[row * INSTANCE_FLOATS + INSTANCE.yHigh] as number;
      if (heardY < north || heardY > south) continue;
      this.consider(scene, row, 0, found);
      // Too many aircraft: no label would be readable.
      if (found.length - importantCount > MOST_IN_VIEW) return found.slice(0, importantCount);
    }
    return found;
  }

  private consider({ view, timeS, blends, flownS }: Scene, row: number, weight: number, found: Candidate[]): void {
    const { place } = this;
    placeAt(this.rows.instances, row, timeS, blends, place, flownS);
    const y = screenY(view, place.y);
    if (y < 0 || y > view.height) return;
    const x = screenX(view, place.x);
    if (x >= 0 && x <= view.width) found.push({ row, x, y, weight });
  }

  private pictureOf(lines: readonly string[], { palette, pixelRatio, pageScale }: Scene): HTMLCanvasElement {
    const key = lines.join("\n");
    let picture = this.pictures.get(key);
    if (picture === undefined) {
      if (this.pictures.size >= MOST_PICTURES) this.pictures.clear();
      picture = drawLines(lines, palette, pixelRatio * pageScale);
      this.pictures.set(key, picture);
    }
    return picture;
  }

  private forgetPicturesOfAnotherScene({ palette, pixelRatio, pageScale }: Scene, { units, language }: Formats): void {
    const wanted = `${palette.outline} ${pixelRatio} ${pageScale} ${units} ${language}`;
    if (wanted === this.picturesFor) return;
    this.picturesFor = wanted;
    this.pictures.clear();
    this.chosenAtMs = Number.NEGATIVE_INFINITY;
  }
}

/** From the middle of an aircraft to its label, pixels. */
function distanceOf(hasRing: boolean, { iconPx }: Scene): number {
  return iconPx * (hasRing ? RING_REACH : ICON_REACH) + GAP_PX;
}

const LEVEL_FPM = 200;

function linesOf(rows: FlightRows, row: number, formats: Formats | null): string[] {
  const name = rows.textOf(row, "callsign") || rows.icao24Text(row);
  if (formats === null) return [name];
  const speed = formats.speed(rows.groundSpeedKt(row));
  if (rows.isOnGround(row)) return [name, speed];
  const rateFpm = rows.verticalRateFpm(row) ?? 0;
  const arrow = rateFpm > LEVEL_FPM ? "↑" : rateFpm < -LEVEL_FPM ? "↓" : "";
  return [name, `${formats.altitude(rows.altitudeFt(row))}${arrow}  ${speed}`];
}

function drawLines(lines: readonly string[], palette: Palette, pixelRatio: number): HTMLCanvasElement {
  const picture = document.createElement("canvas");
  const context = picture.getContext("2d") as CanvasRenderingContext2D;
  const fonts = ["600 11px system-ui, sans-serif", "10px system-ui, sans-serif"];
  const width = lines.map((line, i) => {
    context.font = fonts[i] as string;
    return context.measureText(line).width;
  });
  picture.width = Math.ceil((Math.max(...width) + 4) * pixelRatio);
  picture.height = Math.ceil((lines.length * LINE_PX + 2) * pixelRatio);
  context.scale(pixelRatio, pixelRatio);
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = palette.outline;
  lines.forEach((line, i) => {
    context.font = fonts[i] as string;
    context.fillStyle = i === 0 ? palette.labelText : palette.labelDetail;
    context.strokeText(line, 2, 1 + (i + 0.5) * LINE_PX);
    context.fillText(line, 2, 1 + (i + 0.5) * LINE_PX);
  });
  return picture;
}
