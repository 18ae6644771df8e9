// How far a flight has come on its way: along the shortest way through where it is. Pure.
import { distanceM, type LatLon } from "@/flights/greatCircle";

/** Slower than this an aircraft is on its way to the runway, or at the gate: nobody can tell when it arrives. */
const FLYING_KT = 80;
/** One that climbs is about to fly faster, until it is as fast as this. */
const CLIMBED_KT = 300;
const KNOTS_PER_MPS = 3600 / 1852;

export interface RouteProgress {
  /** From 0 at the origin to 1 at the destination. */
  readonly share: number;
  readonly flownM: number;
  readonly leftM: number;
  /** At the present speed; null where that says nothing. */
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

/** An airport's name without the words that all of them have. */
export function shortAirportName(name: string): string {
  const short = name
    .replace(/\b(international|intl\.?|airport|aerodrome|airfield|regional|municipal)\b/gi, "")
    .replace(/\s+/g, " ")
    .replace(/[\s/–-]+$/, "")
    .trim();
  return short === "" ? name : short;
}
