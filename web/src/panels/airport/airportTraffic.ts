// The flights of an airport: in the air to it, in the air from it, and on its ground. Pure; about a millisecond for 20,000
// aircraft.
import { airlineKey, codeKey, codeKeyOf } from "@/flights/codeKey";
import type { FlightRows } from "@/flights/flightRows";
import { distanceM, type LatLon } from "@/flights/greatCircle";
import { routeProgress } from "../card/routeProgress";

export interface Movement {
  readonly row: number;
  readonly icao24: number;
  /** From the aircraft to the airport. */
  readonly distanceM: number;
  /** Until the arrival, at the present ground speed; null without an estimate. */
  readonly leftMs: number | null;
}

export interface AirportTraffic {
  /** The first to arrive first, those without an estimate last. */
  readonly inbound: readonly Movement[];
  /** The nearest first. */
  readonly outbound: readonly Movement[];
  readonly onGround: readonly Movement[];
  /** Whether aircraft have routes. Most receivers and OpenSky tell none: then who comes and who leaves is unknown. */
  readonly hasRoutes: boolean;
}

export const QUARTER_HOUR_MS = 900_000;
/** Further away, an aircraft on the ground is at another airport. */
const GROUND_M = 5_000;
/** 0.1 degree of latitude is 11 km: others need no exact distance. */
const NEAR_DEG = 0.1;

export function trafficOf(rows: FlightRows, icao: string, airport: LatLon): AirportTraffic {
  const key = codeKeyOf(icao);
  const inbound: Movement[] = [];
  const outbound: Movement[] = [];
  const onGround: Movement[] = [];
  let named = 0;
  let routed = 0;
  for (let row = 0; row < rows.rowCount; row++) {
    if (rows.present[row] !== 1) continue;
    const destination = codeKey(rows, row, "destination");
    const origin = codeKey(rows, row, "origin");
    if (destination !== 0 || origin !== 0) routed++;
    else if (airlineKey(rows, row) !== 0) named++;
    if (rows.isOnGround(row)) {
      if (Math.abs(rows.latitudeDeg(row) - airport.latitudeDeg) > NEAR_DEG) continue;
      const movement = movementOf(rows, row, airport, false);
      if (movement.distanceM <= GROUND_M) onGround.push(movement);
    } else if (destination === key) inbound.push(movementOf(rows, row, airport, true));
    else if (origin === key) outbound.push(movementOf(rows, row, airport, false));
  }
  const late = (movement: Movement) => movement.leftMs ?? Number.POSITIVE_INFINITY;
  inbound.sort((a, b) => (late(a) === late(b) ? a.distanceM - b.distanceM : late(a) - late(b)));
  outbound.sort((a, b) => a.distanceM - b.distanceM);
  onGround.sort((a, b) => a.icao24 - b.icao24);
  // Names come after positions: until the first airline's callsign, nothing is known of routes either.
  return { inbound, outbound, onGround, hasRoutes: routed > 0 || named === 0 };
}

/** How many arrive in each quarter hour from `nowMs` on; the first one has begun already. */
export function arrivalsPerQuarterHour(inbound: readonly Movement[], nowMs: number, quarters: number): number[] {
  const counts = new Array<number>(quarters).fill(0);
  const firstMs = Math.floor(nowMs / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
  for (const { leftMs } of inbound) {
    if (leftMs === null) continue;
    const quarter = Math.floor((nowMs + leftMs - firstMs) / QUARTER_HOUR_MS);
    if (quarter < quarters) counts[quarter] = (counts[quarter] as number) + 1;
  }
  return counts;
}

function movementOf(rows: FlightRows, row: number, airport: LatLon, isInbound: boolean): Movement {
  const place = { latitudeDeg: rows.latitudeDeg(row), longitudeDeg: rows.longitudeDeg(row) };
  const isClimbing = rows.status(row) === "climbing";
  const progress = isInbound ? routeProgress(place, airport, place, rows.groundSpeedKt(row), isClimbing) : null;
  return {
    row,
    icao24: rows.icao24[row] as number,
    distanceM: progress?.leftM ?? distanceM(place, airport),
    leftMs: progress?.leftMs ?? null,
  };
}
