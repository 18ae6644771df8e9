// Which parallels and meridians a view has, and their labels. Pure; GraticuleLayer draws them.
import type { Rectangle } from "../freeSpace";

/** Distances between lines, degrees, that people read easily: to a minute of arc. */
const STEPS_DEG = [30, 20, 10, 5, 2, 1, 1 / 2, 1 / 6, 1 / 12, 1 / 30, 1 / 60] as const;
const LEAST_PX = 90;
const LIMIT_DEG = 85;
/** From the map's left edge, or what covers it, to the labels. */
export const LEFT_PX = 6;
/** A label is no larger at the page's usual size. */
const LABEL_PX = { width: 48, height: 14 };

/** The distance between two lines, degrees, with room for a label between them. */
export function stepDeg(zoom: number): number {
  const pxPerDegree = (256 * 2 ** zoom) / 360;
  const roomy = STEPS_DEG.filter((step) => step * pxPerDegree >= LEAST_PX);
  return roomy.at(-1) ?? STEPS_DEG[0];
}

/** The multiples of a step within limits, degrees. */
export function linesWithin(fromDeg: number, toDeg: number, step: number): number[] {
  const lines: number[] = [];
  for (let line = Math.ceil(fromDeg / step - 1e-6); line * step <= toDeg + 1e-9; line++) lines.push(line * step);
  return lines;
}

export function parallelsWithin(southDeg: number, northDeg: number, step: number): number[] {
  return linesWithin(Math.max(-LIMIT_DEG, southDeg), Math.min(LIMIT_DEG, northDeg), step);
}

/** "50°N", "7°30′W", "0°"; a longitude of another copy of the world gets its usual name. */
export function degreesText(degrees: number, positive: string, negative: string): string {
  const turned = positive === "E" ? ((((degrees + 180) % 360) + 360) % 360) - 180 : degrees;
  const minutes = Math.round(Math.abs(turned) * 60);
  const letter = minutes === 0 || minutes === 180 * 60 ? "" : turned > 0 ? positive : negative;
  const rest = minutes % 60 === 0 ? "" : `${String(minutes % 60).padStart(2, "0")}′`;
  return `${Math.floor(minutes / 60)}°${rest}${letter}`;
}

/**
 * Where the label of a parallel begins at a height of the map, pixels: at the left edge, or right of what covers it there.
 *
 * @param letters how much larger than usual the page's type is; also below.
 */
export function beside(covers: readonly Rectangle[], y: number, letters = 1): number {
  const [width, height] = [letters * LABEL_PX.width, letters * LABEL_PX.height];
  let x = LEFT_PX;
  for (const { left, right, top, bottom } of covers.toSorted((a, b) => a.left - b.left)) {
    if (left < x + width && right > x && top < y && bottom > y - height) x = right + LEFT_PX;
  }
  return x;
}

/** How high the label of a meridian stands, pixels from the top: at the foot, or above what covers that. */
export function above(covers: readonly Rectangle[], x: number, foot: number, letters = 1): number {
  const [width, height] = [letters * LABEL_PX.width, letters * LABEL_PX.height];
  let y = foot;
  for (const { left, right, top, bottom } of covers.toSorted((a, b) => b.bottom - a.bottom)) {
    if (left < x + width && right > x && top < y + height && bottom > y) y = top - height;
  }
  return y;
}
