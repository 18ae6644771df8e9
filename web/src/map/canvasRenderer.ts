// Draws aircraft on a 2D canvas, for browsers where WebGL2 fails. Icons are drawn once for each silhouette, colour and 15° of
// heading and then copied. 1,000 aircraft take about 1 ms, so FlightLayer draws fewer frames than with the GPU.

import { NULL_VALUE } from "@flighttracker/client";
import { opacityAt, type Place, placeAt } from "@/flights/deadReckoning";
import type { FlightRows } from "@/flights/flightRows";
import {
  CLASS_SHIFT,
  HOVERED,
  INSTANCE,
  INSTANCE_BYTES,
  INSTANCE_FLOATS,
  SELECTED,
  STYLE_EMERGENCY,
  STYLE_ON_GROUND,
  VISIBLE,
} from "@/flights/instance";
import { FIRST_KEPT_ON_GROUND, FIRST_UPRIGHT, SILHOUETTE_NUMBER, SILHOUETTES } from "@/flights/silhouette";
import type { TrailPoints } from "@/flights/trailLayout";
import { drawTrails } from "./canvasTrails";
import { altitudeCss, type Palette } from "./palette";
import { type FlightRenderer, fitCanvas, type Scene } from "./renderer";
import { drawSilhouette, SILHOUETTE_SCALES } from "./silhouettes";
import { screenX, screenY, worldCopies } from "./view";

const HEADING_STEPS = 24;
/** 2,000 ft in the unit of the instances: finer colours look the same. */
const ALTITUDE_STEP = 80;

export class CanvasRenderer implements FlightRenderer {
  readonly kind = "canvas";
  readonly mostTrailPoints = 4_000;
  private readonly context: CanvasRenderingContext2D;
  private readonly sprites = new Map<string, HTMLCanvasElement>();
  private spritesFor = "";
  private trails: TrailPoints | null = null;
  private states: Uint8Array = new Uint8Array(0);
  private readonly place: Place = { x: 0, y: 0, headingRad: 0 };

  constructor(
    readonly canvas: HTMLCanvasElement,
    private rows: FlightRows,
  ) {
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("this browser draws no canvas");
    this.context = context;
  }

  show(rows: FlightRows): void {
    this.rows = rows;
  }

  rowsChanged(): void {}

  statesChanged(states: Uint8Array): void {
    this.states = states;
  }

  trailsChanged(trails: TrailPoints | null): void {
    this.trails = trails;
  }

  draw(scene: Scene): void {
    const { context, states, rows } = this;
    const { view, pixelRatio, topRow } = scene;
    fitCanvas(this.canvas, scene);
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    context.clearRect(0, 0, view.width, view.height);
    this.forgetSpritesOfAnotherScene(scene);
    if (this.trails !== null) drawTrails(context, this.trails, scene, rows.referenceMs);
    const count = Math.min(rows.rowCount, states.length);
    const copies = worldCopies(view);
    for (let row = 0; row < count; row++) if (row !== topRow) this.drawRow(scene, row, copies);
    if (topRow >= 0 && topRow < count) this.drawRow(scene, topRow, copies);
    context.globalAlpha = 1;
  }

  dispose(): void {
    this.sprites.clear();
  }

  private drawRow(scene: Scene, row: number, copies: number): void {
    const { states, rows, place } = this;
    const { view } = scene;
    const state = states[row] as number;
    if ((state & VISIBLE) === 0) return;
    const margin = scene.iconPx * 2;
    placeAt(rows.instances, row, scene.timeS, scene.blends, place, scene.flownS);
    const y = screenY(view, place.y);
    if (y < -margin || y > view.height + margin) return;
    const middle = screenX(view, place.x);
    for (let copy = -copies; copy <= copies; copy++) {
      const x = middle + copy * view.scale;
      if (x < -margin || x > view.width + margin) continue;
      this.drawAircraft(scene, row, state, x, y);
    }
  }

  private drawAircraft(scene: Scene, row: number, state: number, x: number, y: number): void {
    const { context, rows } = this;
    const at = row * INSTANCE_FLOATS;
    const styleAt = row * INSTANCE_BYTES + INSTANCE.style * 4;
    const style = rows.instanceBytes[styleAt + 1] as number;
    const own = rows.instanceBytes[styleAt] as number;
    const isDrop = (style & STYLE_ON_GROUND) !== 0 && own < FIRST_KEPT_ON_GROUND;
    const silhouette = isDrop ? SILHOUETTE_NUMBER.ground : own;
    const isEmergency = (style & STYLE_EMERGENCY) !== 0;
    const isMarked = isEmergency || (state & SELECTED) !== 0;
    const unheardS = scene.timeS - (rows.instances[at + INSTANCE.heardTime] as number);
    const side =
      scene.iconPx * 1.16 * (SILHOUETTE_SCALES[silhouette] as number) * (isMarked || (state & HOVERED) !== 0 ? 1.3 : 1);
    const sprite = this.spriteOf(scene, row, silhouette, style, state, isEmergency);
    context.globalAlpha = isMarked ? 1 : opacityAt(unheardS);
    context.drawImage(sprite, x - side / 2, y - side / 2, side, side);
    if (!isMarked) return;
    context.strokeStyle = (state & SELECTED) !== 0 ? scene.palette.selected : scene.palette.emergency;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(x, y, side * 0.78, 0, 2 * Math.PI);
    context.stroke();
  }

  private spriteOf(
    scene: Scene,
    row: number,
    silhouette: number,
    style: number,
    state: number,
    isEmergency: boolean,
  ): HTMLCanvasElement {
    const altitude = this.rows.instances[row * INSTANCE_FLOATS + INSTANCE.altitude] as number;
    const headingRad = silhouette < FIRST_UPRIGHT ? this.place.headingRad : 0;
    const step = Math.round((headingRad / (2 * Math.PI)) * HEADING_STEPS);
    const heading = ((step % HEADING_STEPS) + HEADING_STEPS) % HEADING_STEPS;
    const colour = isEmergency
      ? "emergency"
      : state >> CLASS_SHIFT > 0
        ? (scene.classColours[state >> CLASS_SHIFT] ?? "unknown")
        : (style & STYLE_ON_GROUND) !== 0
          ? "ground"
          : altitude === NULL_VALUE
            ? "unknown"
            : Math.round(altitude / ALTITUDE_STEP);
    const key = `${silhouette} ${heading} ${colour}`;
    let sprite = this.sprites.get(key);
    if (sprite === undefined) {
      sprite = drawSprite(scene, silhouette, (heading / HEADING_STEPS) * 2 * Math.PI, colourOf(scene.palette, colour));
      this.sprites.set(key, sprite);
    }
    return sprite;
  }

  private forgetSpritesOfAnotherScene({ palette, iconPx, pixelRatio }: Scene): void {
    const wanted = `${palette.outline} ${Math.round(iconPx)} ${pixelRatio}`;
    if (wanted !== this.spritesFor) this.sprites.clear();
    this.spritesFor = wanted;
  }
}

function drawSprite({ iconPx, pixelRatio, palette }: Scene, silhouette: number, headingRad: number, fill: string) {
  const sprite = document.createElement("canvas");
  const side = Math.ceil(iconPx * 1.6 * pixelRatio);
  sprite.width = side;
  sprite.height = side;
  const context = sprite.getContext("2d") as CanvasRenderingContext2D;
  context.translate(side / 2, side / 2);
  context.rotate(headingRad);
  context.scale(side / 116, side / 116);
  drawSilhouette(context, SILHOUETTES[silhouette] ?? "jet", fill, palette.outline);
  return sprite;
}

/** @param colour a step of altitude, a name in the palette, or a CSS colour. */
function colourOf(palette: Palette, colour: string | number): string {
  if (typeof colour === "number") return altitudeCss(palette, colour * ALTITUDE_STEP);
  return colour === "emergency" || colour === "ground" || colour === "unknown" ? palette[colour] : colour;
}
