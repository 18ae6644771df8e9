// The recent tracks of all aircraft in an area, which the gateway has kept: trails begin there, not when the page was opened.
// Loaded with the first trails.
//
// `/api/v1/tracks?bbox=` answers columns: `icao24` and `point_count` of each aircraft, then of all points, aircraft after aircraft,
// `position_time_ms`, `latitude_deg`, `longitude_deg`, `baro_altitude_m` and `on_ground`. It is bounded by the gateway.
import { FEET_PER_ALTITUDE_UNIT, NULL_VALUE } from "@flighttracker/client";
import { apiUrl } from "./config";
import type { Access } from "./past/pastMessages";
import { TRAIL_NUMBERS, TRAIL_ON_GROUND } from "./trailLayout";

const WAIT_MS = 10_000;
const FEET_PER_METRE = 1 / 0.3048;
/** Of an answer with more points, the rest is not read. */
const MOST_POINTS = 50_000;

/** By ICAO address: a trail, as `Trails` has it. */
export type TrailsByAddress = ReadonlyMap<number, Float64Array>;

/** Degrees; west is greater than east across the 180th meridian. */
export interface TrackArea {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** None without an answer. */
export async function loadAreaTracks(
  { url: gatewayUrl, token }: Access,
  { west, south, east, north }: TrackArea,
): Promise<TrailsByAddress> {
  const url = apiUrl(gatewayUrl, "tracks");
  url.searchParams.set("bbox", [west, south, east, north].map((edge) => edge.toFixed(1)).join(","));
  const headers: HeadersInit = token === "" ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(WAIT_MS) });
  if (!response.ok) throw new Error(`the gateway has no tracks: HTTP ${response.status}`);
  return parseAreaTracks(await response.json());
}

/** Stops at the first aircraft that lacks a number. */
export function parseAreaTracks(answer: unknown): TrailsByAddress {
  const columns = (answer ?? {}) as Readonly<Record<string, unknown>>;
  const column = (name: string) => (Array.isArray(columns[name]) ? (columns[name] as readonly unknown[]) : []);
  const [addresses, counts, times] = [column("icao24"), column("point_count"), column("position_time_ms")];
  const [latitudes, longitudes] = [column("latitude_deg"), column("longitude_deg")];
  const [altitudes, onGround] = [column("baro_altitude_m"), column("on_ground")];
  const trails = new Map<number, Float64Array>();
  let point = 0;
  for (let i = 0; i < addresses.length; i++) {
    const icao24 = Number.parseInt(String(addresses[i]), 16);
    const count = counts[i];
    if (!Number.isInteger(icao24) || !Number.isInteger(count) || (count as number) < 0) break;
    const end = point + (count as number);
    if (end > Math.min(times.length, MOST_POINTS)) break;
    const trail = new Float64Array((end - point) * TRAIL_NUMBERS);
    for (let at = 0; point < end; point++, at += TRAIL_NUMBERS) {
      const altitudeM = altitudes[point];
      const altitude =
        typeof altitudeM === "number" ? Math.round((altitudeM * FEET_PER_METRE) / FEET_PER_ALTITUDE_UNIT) : NULL_VALUE;
      trail[at] = numberOf(times[point]);
      trail[at + 1] = numberOf(latitudes[point]);
      trail[at + 2] = numberOf(longitudes[point]);
      trail[at + 3] = onGround[point] === true ? TRAIL_ON_GROUND : altitude;
    }
    if (!trail.every(Number.isFinite)) break;
    trails.set(icao24, trail);
  }
  return trails;
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : Number.NaN;
}
