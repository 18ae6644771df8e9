// The recent track of one aircraft: the gateway's points, then the page's own.
//
// `/api/v1/flights/{icao24}/track` answers {"icao24", "points": [{"position_time_ms", "latitude_deg", "longitude_deg",
// "baro_altitude_m", "ground_speed_mps", "on_ground"}, …]}. Without a track (404) or an answer the page
// uses its own points only.
import { FEET_PER_ALTITUDE_UNIT, NULL_VALUE } from "@flighttracker/client";
import { apiUrl } from "./config";
import { icao24Text } from "./flightRows";
import type { Access } from "./past/pastMessages";
import { TRAIL_ON_GROUND } from "./trailLayout";

const WAIT_MS = 5_000;
/** Four hours at one point in ten seconds; of more the newest are taken. */
const MOST_RECENT = 1_440;
/** The same of forty hours. */
const MOST_POINTS = 14_400;
const FEET_PER_METRE = 1 / 0.3048;
const KNOTS_PER_MPS = 3600 / 1852;

export interface TrackPoint {
  readonly timeMs: number;
  readonly latitudeDeg: number;
  readonly longitudeDeg: number;
  readonly altitudeFt: number | null;
  readonly speedKt: number | null;
  readonly isOnGround: boolean;
}

/** The points, oldest first; none when there is no such track. Without a period it is the gateway's last half hour. */
export async function loadTrack(
  { url: gatewayUrl, token }: Access,
  icao24: number,
  period: { readonly fromMs: number; readonly toMs: number } | null,
  signal: AbortSignal,
): Promise<readonly TrackPoint[]> {
  const url = apiUrl(gatewayUrl, `flights/${icao24Text(icao24)}/track`);
  if (period !== null) {
    url.searchParams.set("from", String(Math.max(0, Math.round(period.fromMs))));
    url.searchParams.set("to", String(Math.round(period.toMs)));
  }
  const headers: HeadersInit = token === "" ? {} : { Authorization: `Bearer ${token}` };
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS)]) });
    return response.ok ? parseTrack(await response.json(), period === null ? MOST_RECENT : MOST_POINTS) : [];
  } catch (error) {
    if (!signal.aborted) console.warn("The track did not load:", error);
    return [];
  }
}

/** Invalid points are skipped. */
export function parseTrack(answer: unknown, most = MOST_RECENT): readonly TrackPoint[] {
  const points = (answer as { readonly points?: unknown } | null)?.points;
  if (!Array.isArray(points)) return [];
  return points
    .slice(-most)
    .flatMap((point) => parsePoint(point) ?? [])
    .sort((a, b) => a.timeMs - b.timeMs);
}

/** The points as a trail: TRAIL_NUMBERS for each. */
export function trailOf(points: readonly TrackPoint[]): Float64Array {
  return Float64Array.from(
    points.flatMap(({ timeMs, latitudeDeg, longitudeDeg, altitudeFt, isOnGround }) => [
      ...[timeMs, latitudeDeg, longitudeDeg],
      isOnGround ? TRAIL_ON_GROUND : altitudeFt === null ? NULL_VALUE : Math.round(altitudeFt / FEET_PER_ALTITUDE_UNIT),
    ]),
  );
}

function parsePoint(value: unknown): TrackPoint | null {
  if (typeof value !== "object" || value === null) return null;
  const fields = value as Readonly<Record<string, unknown>>;
  const number = (name: string) => (Number.isFinite(fields[name]) ? (fields[name] as number) : null);
  const timeMs = number("position_time_ms");
  const latitudeDeg = number("latitude_deg");
  const longitudeDeg = number("longitude_deg");
  if (timeMs === null || latitudeDeg === null || longitudeDeg === null) return null;
  if (Math.abs(latitudeDeg) > 90 || Math.abs(longitudeDeg) > 180) return null;
  const altitudeM = number("baro_altitude_m");
  const speedMps = number("ground_speed_mps");
  return {
    timeMs,
    latitudeDeg,
    longitudeDeg,
    altitudeFt: altitudeM === null ? null : altitudeM * FEET_PER_METRE,
    speedKt: speedMps === null ? null : speedMps * KNOTS_PER_MPS,
    isOnGround: fields.on_ground === true,
  };
}
