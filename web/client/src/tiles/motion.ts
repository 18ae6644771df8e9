// Where a viewer shows an aircraft: integer arithmetic that the gateway repeats exactly (tiles.md). Pure.
import type { ZoomClass } from "./zoomClass.ts";

/** The nine integers of a motion, in the order of messages. */
export const MOTION = {
  x: 0,
  y: 1,
  velocityX: 2,
  velocityY: 3,
  altitude: 4,
  climb: 5,
  heading: 6,
  state: 7,
  age: 8,
} as const;
export const MOTION_COUNT = 9;

/** Bits of a motion's state, beside the status and ON_GROUND_BIT. */
export const NO_ALTITUDE_BIT = 0x20;
export const NO_HEADING_BIT = 0x40;
export const NO_SPEED_BIT = 0x80;

const MOST_TENTHS = 36_000;
const HEADING_STEPS = 256;
const MOVING_UNITS = 8;
const CLIMB_NUMERATOR = 16;
const CLIMB_DENOMINATOR = 1_875;

/** Nine integers; see MOTION. */
export type Motion = Int32Array<ArrayBuffer>;

/**
 * Write into `out` the motion that is shown `tenths` of a second after the one at `from` in `motions` was sent. All
 * products are exact.
 */
export function predict(motions: Int32Array, from: number, tenths: number, zoom: ZoomClass, out: Motion): void {
  const elapsed = Math.max(0, Math.min(MOST_TENTHS, tenths));
  const scale = 2 ** zoom.velocityShift;
  const width = 2 ** zoom.positionBits;
  for (let number = 0; number < MOTION_COUNT; number++) out[number] = motions[from + number] as number;
  const flownX = Math.floor((at(out, MOTION.velocityX) * elapsed + scale / 2) / scale);
  const flownY = Math.floor((at(out, MOTION.velocityY) * elapsed + scale / 2) / scale);
  out[MOTION.x] = modulo(at(out, MOTION.x) + flownX, width);
  out[MOTION.y] = Math.max(0, Math.min(width - 1, at(out, MOTION.y) + flownY));
  const denominator = CLIMB_DENOMINATOR * zoom.altitudeStep;
  const climbed = CLIMB_NUMERATOR * at(out, MOTION.climb) * elapsed + denominator;
  out[MOTION.altitude] = at(out, MOTION.altitude) + Math.floor(climbed / (2 * denominator));
}

/** Turn a prediction into the new motion, with the differences that an update has for one aircraft. */
export function applyDifferences(
  predicted: Motion,
  differences: readonly Int32Array[],
  index: number,
  zoom: ZoomClass,
): void {
  const difference = (number: number) => (differences[number] as Int32Array)[index] as number;
  for (let number = 0; number < MOTION_COUNT; number++) predicted[number] = at(predicted, number) + difference(number);
  predicted[MOTION.x] = modulo(at(predicted, MOTION.x), 2 ** zoom.positionBits);
  predicted[MOTION.heading] = modulo(at(predicted, MOTION.heading), HEADING_STEPS);
  predicted[MOTION.age] = difference(MOTION.age);
}

/** The heading of a motion in degrees, clockwise from true north. */
export function headingDeg(motion: Motion): number {
  const [x, y] = [at(motion, MOTION.velocityX), at(motion, MOTION.velocityY)];
  if (x * x + y * y < MOVING_UNITS * MOVING_UNITS) return (at(motion, MOTION.heading) * 360) / HEADING_STEPS;
  return modulo((Math.atan2(x, -y) * 180) / Math.PI, 360);
}

function at(motion: Motion, column: number): number {
  return motion[column] as number;
}

export function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
