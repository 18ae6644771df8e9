// The recent track of one aircraft: what the server kept before this page was open, then what the page saw itself.
//
// `/api/flights/{icao24}/track` answers {"icao24", "points": [[time_ms, latitude_deg, longitude_deg, altitude_m|null,
// on_ground], …]}. A gateway that has none (404), or that does not answer, leaves the page with what it saw.
import { FEET_PER_ALTITUDE_UNIT, NULL_VALUE } from "./columns";
import { icao24Text } from "./flightRows";
import { TRAIL_NUMBERS, TRAIL_ON_GROUND } from "./trails";

const WAIT_MS = 5_000;
/** Four hours at one point in ten seconds; of more the newest are taken. */
const MOST_POINTS = 1_440;
const FEET_PER_METRE = 1 / 0.3048;

const NO_POINTS = new Float64Array(0);

/** The server's points, oldest first, TRAIL_NUMBERS for each; none when there is no such track. */
export async function loadTrack(gatewayUrl: string, icao24: number, signal: AbortSignal): Promise<Float64Array> {
  const url = new URL(`/api/flights/${icao24Text(icao24)}/track`, gatewayUrl.replace(/^ws/, "http"));
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS)]) });
    return response.ok ? parseTrack(await response.json()) : NO_POINTS;
  } catch (error) {
    if (!signal.aborted) console.warn("The recent track did not load:", error);
    return NO_POINTS;
  }
}

/** Points that make no sense are left out. */
export function parseTrack(answer: unknown): Float64Array {
  const points = (answer as { readonly points?: unknown } | null)?.points;
  if (!Array.isArray(points)) return NO_POINTS;
  const rows = points.slice(-MOST_POINTS).filter(isPoint);
  rows.sort((a, b) => a[0] - b[0]);
  return Float64Array.from(
    rows.flatMap(([timeMs, latitudeDeg, longitudeDeg, altitudeM, isOnGround]) => [
      ...[timeMs, latitudeDeg, longitudeDeg],
      isOnGround ? TRAIL_ON_GROUND : storedAltitude(altitudeM),
    ]),
  );
}

/** Both tracks as one: the server's up to where the page's own begins. */
export function joinedTrack(earlier: Float64Array, own: Float64Array): Float64Array {
  const begins = own.length === 0 ? Number.POSITIVE_INFINITY : (own[0] as number);
  let kept = 0;
  while (kept < earlier.length && (earlier[kept] as number) < begins) kept += TRAIL_NUMBERS;
  const joined = new Float64Array(kept + own.length);
  joined.set(earlier.subarray(0, kept));
  joined.set(own, kept);
  return joined;
}

type Point = readonly [number, number, number, number | null, boolean];

function isPoint(value: unknown): value is Point {
  if (!Array.isArray(value)) return false;
  const [timeMs, latitudeDeg, longitudeDeg, altitudeM] = value as readonly unknown[];
  return (
    Number.isFinite(timeMs) &&
    isWithin(latitudeDeg, 90) &&
    isWithin(longitudeDeg, 180) &&
    (altitudeM === null || Number.isFinite(altitudeM))
  );
}

function isWithin(value: unknown, most: number): boolean {
  return typeof value === "number" && Math.abs(value) <= most;
}

function storedAltitude(altitudeM: number | null): number {
  return altitudeM === null ? NULL_VALUE : Math.round((altitudeM * FEET_PER_METRE) / FEET_PER_ALTITUDE_UNIT);
}
