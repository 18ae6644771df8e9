// Trails of all aircraft in view on a 2D canvas, for browsers where WebGL2 fails: few points, one path for each colour.
import { NULL_VALUE } from "@flighttracker/client";
import { BREAK, POINT_FLOATS, TRAIL_ON_GROUND, type TrailPoints } from "@/flights/trailLayout";
import { altitudeCss, type Palette } from "./palette";
import type { Scene } from "./renderer";
import { screenY, worldCopies } from "./view";

/** 4,000 ft in the unit of the points; coarse, because each colour is a separate path. */
const ALTITUDE_STEP = 160;
const OPACITY = 0.55;

/** `referenceMs` is the reference of the scene's time. Points after the scene's time are not drawn. */
export function drawTrails(
  context: CanvasRenderingContext2D,
  { points, originX, originY, referenceMs: pointsReferenceMs }: TrailPoints,
  { view, palette, timeS }: Scene,
  referenceMs: number,
): void {
  const untilS = timeS + (referenceMs - pointsReferenceMs) / 1000 + 1;
  const centre = (view.left + view.width / 2) / view.scale;
  const shift = originX - centre - Math.round(originX - centre);
  const paths = new Map<string, Path2D>();
  for (let at = 0; at + 2 * POINT_FLOATS <= points.length; at += POINT_FLOATS) {
    const [x, y, timeFrom, altitude, toX, toY, timeTo, nextAltitude] = points.subarray(at, at + 2 * POINT_FLOATS);
    if (altitude === BREAK || nextAltitude === BREAK) continue;
    if ((timeFrom as number) > untilS || (timeTo as number) > untilS) continue;
    const colour = colourOf(palette, altitude as number);
    const path = paths.get(colour) ?? new Path2D();
    paths.set(colour, path);
    const middle = view.width / 2 + shift * view.scale;
    path.moveTo(middle + (x as number) * view.scale, screenY(view, originY + (y as number)));
    path.lineTo(middle + (toX as number) * view.scale, screenY(view, originY + (toY as number)));
  }
  context.globalAlpha = OPACITY;
  context.lineWidth = 1;
  const copies = worldCopies(view);
  for (let copy = -copies; copy <= copies; copy++) {
    context.save();
    context.translate(copy * view.scale, 0);
    for (const [colour, path] of paths) {
      context.strokeStyle = colour;
      context.stroke(path);
    }
    context.restore();
  }
  context.globalAlpha = 1;
}

function colourOf(palette: Palette, altitude: number): string {
  if (altitude === TRAIL_ON_GROUND) return palette.ground;
  if (altitude === NULL_VALUE) return palette.unknown;
  return altitudeCss(palette, Math.round(altitude / ALTITUDE_STEP) * ALTITUDE_STEP);
}
