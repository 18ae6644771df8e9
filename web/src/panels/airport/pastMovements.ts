// Take-offs and landings of an airport that the history has: `/api/v1/history/movements`, a box around the airport.
import { apiUrl } from "@/flights/config";
import type { LatLon } from "@/flights/greatCircle";
import type { Access } from "@/flights/past/pastMessages";
import { QUARTER_HOUR_MS } from "./airportTraffic";

const WAIT_MS = 10_000;
const MOST = 2_000;
/** From the airport to the edges of the box; a large airport is 5 km long. */
const HALF_BOX_DEG = 0.045;
export const LOOK_BACK_MS = 8 * QUARTER_HOUR_MS;

export interface PastMovement {
  readonly icao24: number;
  readonly isLanding: boolean;
  readonly timeMs: number;
  /** Callsign, else registration, else address. */
  readonly flight: string;
  readonly origin: string;
  readonly destination: string;
  readonly aircraftType: string;
}

/** The movements of a period, newest first; null without an answer. */
export async function loadMovements(
  access: Access,
  place: LatLon,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  signal: AbortSignal,
): Promise<readonly PastMovement[] | null> {
  const url = apiUrl(access.url, "history/movements");
  url.searchParams.set("from", String(fromMs));
  url.searchParams.set("to", String(toMs));
  url.searchParams.set("limit", String(MOST));
  url.searchParams.set("bbox", boxAround(place));
  const headers: HeadersInit = access.token === "" ? {} : { Authorization: `Bearer ${access.token}` };
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS)]) });
    return response.ok ? parseMovements(await response.json()) : null;
  } catch (error) {
    if (!signal.aborted) console.warn("The movements of the airport did not load:", error);
    return null;
  }
}

/** Invalid ones are skipped. */
export function parseMovements(answer: unknown): readonly PastMovement[] {
  const movements = (answer as { readonly movements?: unknown } | null)?.movements;
  if (!Array.isArray(movements)) return [];
  return movements.slice(0, MOST).flatMap((value) => {
    const fields = (value ?? {}) as Readonly<Record<string, unknown>>;
    const text = (name: string) => (typeof fields[name] === "string" ? (fields[name] as string) : "");
    const icao24 = Number.parseInt(text("icao24"), 16);
    const timeMs = fields.position_time_ms;
    if (Number.isNaN(icao24) || typeof timeMs !== "number") return [];
    return [
      {
        icao24,
        isLanding: fields.movement === "landing",
        timeMs,
        flight: text("callsign") || text("registration") || text("icao24"),
        origin: text("origin"),
        destination: text("destination"),
        aircraftType: text("aircraft_type"),
      },
    ];
  });
}

/** How many landed in each quarter hour from `firstMs` on. */
export function landingsPerQuarterHour(
  movements: readonly PastMovement[],
  firstMs: number,
  quarters: number,
): readonly number[] {
  const counts = new Array<number>(quarters).fill(0);
  for (const { isLanding, timeMs } of movements) {
    const quarter = Math.floor((timeMs - firstMs) / QUARTER_HOUR_MS);
    if (isLanding && quarter >= 0 && quarter < quarters) counts[quarter] = (counts[quarter] as number) + 1;
  }
  return counts;
}

/** `west,south,east,north`, over the antimeridian with west above east. */
export function boxAround({ latitudeDeg, longitudeDeg }: LatLon): string {
  const half = HALF_BOX_DEG / Math.max(0.1, Math.cos((latitudeDeg * Math.PI) / 180));
  const wrapped = (degrees: number) => ((((degrees + 180) % 360) + 360) % 360) - 180;
  const within = (degrees: number) => Math.min(90, Math.max(-90, degrees));
  const edges = [
    wrapped(longitudeDeg - half),
    within(latitudeDeg - HALF_BOX_DEG),
    wrapped(longitudeDeg + half),
    within(latitudeDeg + HALF_BOX_DEG),
  ];
  return edges.map((degrees) => degrees.toFixed(4)).join(",");
}
