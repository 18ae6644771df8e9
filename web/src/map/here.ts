// The place that distances are measured from: the tracker's receiver, or where the person is. It is set on this page and
// read by the card, the table and the map's rings. Angles in degrees, distances in metres. The place of a person never
// leaves the page and is not stored.
import { EARTH_RADIUS_M, type LatLon } from "@/flights/greatCircle";
import { METRES_PER_SECOND_PER_KNOT } from "@/flights/mercator";

const RADIANS = Math.PI / 180;
const METRES_PER_FOOT = 0.3048;

export interface Here extends LatLon {
  readonly kind: "receiver" | "person";
  /** The receiver's name; empty if it has none. */
  readonly name: string;
}

/** Where something is, seen from a place on the ground. */
export interface FromHere {
  readonly distanceM: number;
  /** Clockwise from true north, 0 to 360. */
  readonly bearingDeg: number;
  /** Above the horizon, negative below it: the Earth is round. Null if the altitude is unknown. */
  readonly elevationDeg: number | null;
}

let current: Here | null = null;
const listeners = new Set<() => void>();

export function getHere(): Here | null {
  return current;
}

export function setHere(here: Here | null): void {
  current = here;
  for (const listener of listeners) listener();
}

/** Call a listener after each change; returns a function that removes it. */
export function subscribeHere(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Distance, bearing and elevation of a place at an altitude above sea level, seen from sea level at `here`. */
export function fromHere(here: LatLon, place: LatLon, altitudeFt: number | null): FromHere {
  const from = here.latitudeDeg * RADIANS;
  const to = place.latitudeDeg * RADIANS;
  const east = (place.longitudeDeg - here.longitudeDeg) * RADIANS;
  const y = Math.sin(east) * Math.cos(to);
  const x = Math.cos(from) * Math.sin(to) - Math.sin(from) * Math.cos(to) * Math.cos(east);
  const angle = Math.atan2(
    Math.hypot(x, y),
    Math.sin(from) * Math.sin(to) + Math.cos(from) * Math.cos(to) * Math.cos(east),
  );
  const radiusM = EARTH_RADIUS_M + (altitudeFt ?? 0) * METRES_PER_FOOT;
  return {
    distanceM: angle * EARTH_RADIUS_M,
    bearingDeg: (Math.atan2(y, x) / RADIANS + 360) % 360,
    elevationDeg:
      altitudeFt === null
        ? null
        : Math.atan2(radiusM * Math.cos(angle) - EARTH_RADIUS_M, radiusM * Math.sin(angle)) / RADIANS,
  };
}

/** The closest that something comes to a place within a time, if it keeps its track and speed. */
export interface ClosestApproach {
  readonly distanceM: number;
  /** Seconds from now; 0 if it is closest now. */
  readonly inS: number;
}

/** Flat around `here`, which is exact enough for the distance of a few minutes. */
export function closestApproach(
  { distanceM, bearingDeg }: FromHere,
  trackDeg: number,
  groundSpeedKt: number,
  withinS: number,
): ClosestApproach {
  const speedMps = groundSpeedKt * METRES_PER_SECOND_PER_KNOT;
  const x = distanceM * Math.sin(bearingDeg * RADIANS);
  const y = distanceM * Math.cos(bearingDeg * RADIANS);
  const vx = speedMps * Math.sin(trackDeg * RADIANS);
  const vy = speedMps * Math.cos(trackDeg * RADIANS);
  const inS = speedMps === 0 ? 0 : Math.min(withinS, Math.max(0, -(x * vx + y * vy) / (speedMps * speedMps)));
  return { distanceM: Math.hypot(x + vx * inS, y + vy * inS), inS };
}
