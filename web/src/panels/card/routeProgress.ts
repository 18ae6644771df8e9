// How far a flight has come, along the shortest route through its position. Pure.
import { distanceM, type LatLon } from "@/flights/greatCircle";

/** Below this speed an aircraft taxies or is parked, and its arrival cannot be estimated. */
const FLYING_KT = 80;
/** A climbing aircraft still accelerates up to this speed. */
const CLIMBED_KT = 300;
const KNOTS_PER_MPS = 3600 / 1852;

export interface RouteProgress {
  /** From 0 at the origin to 1 at the destination. */
  readonly share: number;
  readonly flownM: number;
  readonly leftM: number;
  /** At the present speed; null when it gives no estimate. */
  readonly leftMs: number | null;
}

export function routeProgress(
  origin: LatLon | null,
  destination: LatLon | null,
  place: LatLon,
  speedKt: number | null,
  isClimbing = false,
): RouteProgress | null {
  if (origin === null || destination === null) return null;
  const flownM = distanceM(origin, place);
  const leftM = distanceM(place, destination);
  const isFlying = speedKt !== null && speedKt >= (isClimbing ? CLIMBED_KT : FLYING_KT);
  return {
    share: flownM + leftM === 0 ? 1 : flownM / (flownM + leftM),
    flownM,
    leftM,
    leftMs: isFlying ? (leftM / (speedKt / KNOTS_PER_MPS)) * 1000 : null,
  };
}

/** An airport's name without words such as "International Airport". */
export function shortAirportName(name: string): string {
  const short = name
    .replace(/\b(international|intl\.?|airport|aerodrome|airfield|regional|municipal)\b/gi, "")
    .replace(/\s+/g, " ")
    .replace(/[\s/–-]+$/, "")
    .trim();
  return short === "" ? name : short;
}
