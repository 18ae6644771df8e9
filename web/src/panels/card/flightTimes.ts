// When a flight took off and landed, as its track shows: the moments between its last point on the ground and its first one in
// the air. Pure. A track that does not show the runway gives no time.
import { distanceM, type LatLon } from "@/flights/greatCircle";

export interface TimedPoint extends LatLon {
  readonly timeMs: number;
  readonly isOnGround: boolean;
}

export interface FlightTimes {
  readonly tookOffMs: number | null;
  readonly landedMs: number | null;
}

/** Between the two points, an aircraft may have been unheard for so long. */
const LONGEST_GAP_MS = 3 * 60_000;
/** From an airport's middle to the end of its furthest runway, and the first climb. */
const NEAR_AIRPORT_M = 15_000;

/**
 * @param points of one aircraft, oldest first.
 * @param origin where it must have taken off; null if it is unknown, as `destination`.
 */
export function flightTimes(
  points: readonly TimedPoint[],
  untilMs: number,
  origin: LatLon | null,
  destination: LatLon | null,
): FlightTimes {
  let tookOffMs: number | null = null;
  let landedMs: number | null = null;
  for (let i = 1; i < points.length; i++) {
    const [before, after] = [points[i - 1] as TimedPoint, points[i] as TimedPoint];
    if (after.timeMs > untilMs) break;
    if (before.isOnGround === after.isOnGround) continue;
    const isKnown = after.timeMs - before.timeMs <= LONGEST_GAP_MS;
    const at = isKnown ? Math.round((before.timeMs + after.timeMs) / 2) : null;
    if (before.isOnGround) {
      tookOffMs = isNear(origin, before) ? at : null;
      landedMs = null;
    } else landedMs = isNear(destination, after) ? at : null;
  }
  return { tookOffMs, landedMs };
}

function isNear(airport: LatLon | null, point: LatLon): boolean {
  return airport !== null && distanceM(airport, point) <= NEAR_AIRPORT_M;
}
