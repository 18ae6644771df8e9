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

const MOST_TENTHS = 36_000;
const HEADING_STEPS = 256;
const MOVING_UNITS = 8;
const CLIMB_NUMERATOR = 16;
const CLIMB_DENOMINATOR = 1_875;

/** Nine integers; see MOTION. */
export type Motion = Int32Array<ArrayBuffer>;

/** Write into `out` the motion that is shown `tenths` of a second after `motion` was sent. All products are exact. */
export function predict(motion: Motion, tenths: number, zoom: ZoomClass, out: Motion): void {
  const elapsed = Math.max(0, Math.min(MOST_TENTHS, tenths));
  const scale = 2 ** zoom.velocityShift;
  const width = 2 ** zoom.positionBits;
  const flown = (velocity: number) => Math.floor((velocity * elapsed + scale / 2) / scale);
  const denominator = CLIMB_DENOMINATOR * zoom.altitudeStep;
  out.set(motion);
  out[MOTION.x] = modulo(at(motion, MOTION.x) + flown(at(motion, MOTION.velocityX)), width);
  const y = at(motion, MOTION.y) + flown(at(motion, MOTION.velocityY));
  out[MOTION.y] = Math.max(0, Math.min(width - 1, y));
  const climbed = CLIMB_NUMERATOR * at(motion, MOTION.climb) * elapsed + denominator;
  out[MOTION.altitude] = at(motion, MOTION.altitude) + Math.floor(climbed / (2 * denominator));
}

/** Turn a prediction into the new motion, with the differences of an update. */
export function applyDifferences(predicted: Motion, differences: Motion, zoom: ZoomClass): void {
  for (let column = 0; column < MOTION_COUNT; column++)
    predicted[column] = at(predicted, column) + at(differences, column);
  predicted[MOTION.x] = modulo(at(predicted, MOTION.x), 2 ** zoom.positionBits);
  predicted[MOTION.heading] = modulo(at(predicted, MOTION.heading), HEADING_STEPS);
  predicted[MOTION.age] = at(differences, MOTION.age);
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
