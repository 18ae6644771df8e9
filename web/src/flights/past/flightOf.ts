// Cuts one flight out of the track of an aircraft over a day: from its take-off to its landing. Pure.
//
// The records have no flight numbers that hold for every source, so the flight follows from the movement: it ends where the
// aircraft stands, and where it was unheard for so long that it must have landed in between.
import { EQUATOR_M } from "../mercator";
import type { TrackPoint } from "../track";

/** Taxiing before the take-off belongs to the flight, at most so much of it. */
const TAXI_MS = 30 * 60_000;
/** A shorter silence in the air is no landing. */
const SILENCE_MS = 20 * 60_000;
/** Mean speed over a silence below which an aircraft has stood in between: 100 kt. */
const SLOWEST_MPS = 51;
const LONGEST_SILENCE_MS = 12 * 3_600_000;

/** The points of the flight that `atMs` lies in, or of the last one before it. `points` are oldest first. */
export function flightOf(points: readonly TrackPoint[], atMs: number): readonly TrackPoint[] {
  if (points.length === 0) return points;
  const middle = Math.max(
    0,
    points.findLastIndex(({ timeMs }) => timeMs <= atMs),
  );
  const inAir = nearestInAir(points, middle);
  return points.slice(end(points, inAir, -1), end(points, inAir, 1) + 1);
}

/** A point in the air of the flight of `middle`: after it while the aircraft taxis to the runway, else before it. */
function nearestInAir(points: readonly TrackPoint[], middle: number): number {
  const leaves = groundEnd(points, middle, 1);
  const left = groundEnd(points, middle, -1);
  const waitMs = at(points, leaves).timeMs - at(points, middle).timeMs;
  if (!at(points, leaves).isOnGround && waitMs <= TAXI_MS) return leaves;
  return at(points, left).isOnGround ? middle : left;
}

/** The first point in the air in a direction, or the last before a silence. */
function groundEnd(points: readonly TrackPoint[], from: number, step: 1 | -1): number {
  let i = from;
  while (at(points, i).isOnGround && isJoined(points, i, step)) i += step;
  return i;
}

/** Where the flight ends in a direction: through the air, then up to TAXI_MS on the ground. */
function end(points: readonly TrackPoint[], from: number, step: 1 | -1): number {
  let i = from;
  while (isJoined(points, i, step) && !at(points, i + step).isOnGround) i += step;
  const runwayMs = at(points, i).timeMs;
  while (
    isJoined(points, i, step) &&
    at(points, i + step).isOnGround &&
    Math.abs(at(points, i + step).timeMs - runwayMs) <= TAXI_MS
  ) {
    i += step;
  }
  return i;
}

/** Whether the next point in a direction exists and belongs to the same movement. */
function isJoined(points: readonly TrackPoint[], i: number, step: 1 | -1): boolean {
  const next = i + step;
  if (next < 0 || next >= points.length) return false;
  return step === 1 ? !isParted(at(points, i), at(points, next)) : !isParted(at(points, next), at(points, i));
}

/** Whether the aircraft has landed and taken off unheard between two points. */
function isParted(before: TrackPoint, after: TrackPoint): boolean {
  const silenceMs = after.timeMs - before.timeMs;
  if (silenceMs < SILENCE_MS) return false;
  if (silenceMs > LONGEST_SILENCE_MS || before.isOnGround || after.isOnGround) return true;
  return distanceM(before, after) / (silenceMs / 1000) < SLOWEST_MPS;
}

function distanceM(a: TrackPoint, b: TrackPoint): number {
  const radians = Math.PI / 180;
  const north = Math.sin(((b.latitudeDeg - a.latitudeDeg) * radians) / 2) ** 2;
  const east = Math.sin(((b.longitudeDeg - a.longitudeDeg) * radians) / 2) ** 2;
  const share = north + Math.cos(a.latitudeDeg * radians) * Math.cos(b.latitudeDeg * radians) * east;
  return (EQUATOR_M / Math.PI) * Math.asin(Math.sqrt(Math.min(1, share)));
}

function at(points: readonly TrackPoint[], index: number): TrackPoint {
  return points[index] as TrackPoint;
}
