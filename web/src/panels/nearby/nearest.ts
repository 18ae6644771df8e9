// The aircraft nearest to a place, and those that come closest to it soon. Pure. One pass over all rows with little
// arithmetic chooses candidates; only they are computed exactly.
import type { FlightRows } from "@/flights/flightRows";
import { EARTH_RADIUS_M, type LatLon } from "@/flights/greatCircle";
import { type ClosestApproach, closestApproach, type FromHere, fromHere } from "@/map/here";

/** How far ahead the closest approach is looked for. */
export const AHEAD_S = 120;
/** No aircraft flies faster over the ground: 1,200 kt. */
const FASTEST_MPS = 620;
const REACH_M = AHEAD_S * FASTEST_MPS;
const RADIANS = Math.PI / 180;

export interface Near extends FromHere {
  readonly icao24: number;
  readonly row: number;
  /** Null if track or speed is unknown, or the aircraft is on the ground. */
  readonly closest: ClosestApproach | null;
}

/** The shown aircraft nearest to a place, nearest first. */
export function nearestOf(rows: FlightRows, here: LatLon, most: number): Near[] {
  const found = candidates(rows, here, most, 0);
  return found.map((row) => nearOf(rows, here, row)).sort((a, b) => a.distanceM - b.distanceM);
}

/** The shown aircraft that come nearest to a place within AHEAD_S, nearest first; not those that already fly away. */
export function closestSoonOf(rows: FlightRows, here: LatLon, most: number): Near[] {
  return candidates(rows, here, Number.POSITIVE_INFINITY, REACH_M)
    .map((row) => nearOf(rows, here, row))
    .filter(({ closest }) => closest !== null && closest.inS > 0)
    .sort((a, b) => (a.closest as ClosestApproach).distanceM - (b.closest as ClosestApproach).distanceM)
    .slice(0, most);
}

function nearOf(rows: FlightRows, here: LatLon, row: number): Near {
  const place = { latitudeDeg: rows.latitudeDeg(row), longitudeDeg: rows.longitudeDeg(row) };
  const isOnGround = rows.isOnGround(row);
  const seen = fromHere(here, place, rows.geometricAltitudeFt(row) ?? rows.altitudeFt(row));
  const trackDeg = rows.trackDeg(row);
  const speedKt = rows.groundSpeedKt(row);
  const canMove = trackDeg !== null && speedKt !== null && !isOnGround;
  return {
    ...seen,
    elevationDeg: isOnGround ? null : seen.elevationDeg,
    icao24: rows.icao24[row] as number,
    row,
    closest: canMove ? closestApproach(seen, trackDeg, speedKt, AHEAD_S) : null,
  };
}

/** Rows by a distance that is exact enough to sort: the `most` nearest, or all within `reachM`. */
function candidates(rows: FlightRows, here: LatLon, most: number, reachM: number): number[] {
  const cosine = Math.cos(here.latitudeDeg * RADIANS);
  const kept: { readonly row: number; readonly squared: number }[] = [];
  const reachSquared = (reachM / EARTH_RADIUS_M) ** 2;
  let farthest = Number.POSITIVE_INFINITY;
  for (let row = 0; row < rows.rowCount; row++) {
    if (rows.shown[row] !== 1 || rows.isNotAircraft(row)) continue;
    const latitude = rows.latitudeDeg(row) * RADIANS;
    const north = latitude - here.latitudeDeg * RADIANS;
    let east = rows.longitudeDeg(row) - here.longitudeDeg;
    east = (east - 360 * Math.round(east / 360)) * RADIANS;
    // The chord of the sphere: right also across a pole.
    const squared = 4 * (Math.sin(north / 2) ** 2 + cosine * Math.cos(latitude) * Math.sin(east / 2) ** 2);
    if (reachM > 0) {
      if (squared <= reachSquared) kept.push({ row, squared });
    } else if (squared < farthest || kept.length < most) {
      kept.push({ row, squared });
      kept.sort((a, b) => a.squared - b.squared);
      if (kept.length > most) kept.pop();
      farthest = kept.length < most ? Number.POSITIVE_INFINITY : (kept.at(-1)?.squared ?? 0);
    }
  }
  return kept.map(({ row }) => row);
}
