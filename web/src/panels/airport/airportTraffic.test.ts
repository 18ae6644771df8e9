import { expect, test } from "vitest";
import { rowsWith } from "@/flights/testRows";
import { arrivalsPerQuarterHour, QUARTER_HOUR_MS, trafficOf } from "./airportTraffic";

const HEATHROW = { latitudeDeg: 51.47, longitudeDeg: -0.46 };
const rows = rowsWith([
  { icao24: 1, destination: "EGLL", origin: "KJFK", latitudeDeg: 51.47, longitudeDeg: -3, speedKt: 360 },
  { icao24: 2, destination: "EGLL", origin: "EDDF", latitudeDeg: 51.47, longitudeDeg: 0.5, speedKt: 240 },
  { icao24: 3, destination: "EGLL", origin: "LFPG", latitudeDeg: 50, longitudeDeg: 1 },
  { icao24: 4, destination: "KJFK", origin: "EGLL", latitudeDeg: 52, longitudeDeg: -4, speedKt: 450 },
  { icao24: 5, origin: "EGLL", destination: "EDDF", latitudeDeg: 51.472, longitudeDeg: -0.47, isOnGround: true },
  { icao24: 6, latitudeDeg: 51.46, longitudeDeg: -0.45, isOnGround: true },
  { icao24: 7, origin: "EGLL", latitudeDeg: 51.15, longitudeDeg: -0.19, isOnGround: true },
  { icao24: 8, destination: "EGLL", origin: "EDDF", latitudeDeg: 50.03, longitudeDeg: 8.56, isOnGround: true },
]);
const traffic = trafficOf(rows, "EGLL", HEATHROW);
const addresses = (movements: readonly { readonly icao24: number }[]) => movements.map(({ icao24 }) => icao24);

test("inbound flights are in the order of their arrival, those without an estimate last", () => {
  expect(addresses(traffic.inbound)).toEqual([2, 1, 3]);
  expect(traffic.inbound[2]?.leftMs).toBeNull();
});

test("outbound flights are in the air", () => expect(addresses(traffic.outbound)).toEqual([4]));

test("on the ground is who is there, whatever the route", () => expect(addresses(traffic.onGround)).toEqual([5, 6]));

test("a source that tells no route is known by its airlines' flights, once their names are there", () => {
  const hasRoutes = (...flights: Parameters<typeof rowsWith>[0]) =>
    trafficOf(rowsWith(flights), "EGLL", HEATHROW).hasRoutes;
  expect(traffic.hasRoutes).toBe(true);
  expect(hasRoutes({ icao24: 1 }, { icao24: 2 })).toBe(true);
  expect(hasRoutes({ icao24: 1, callsign: "BAW73B" }, { icao24: 2, callsign: "DEFGH" })).toBe(false);
  expect(hasRoutes({ icao24: 1, callsign: "DEFGH" })).toBe(true);
  expect(hasRoutes({ icao24: 1, callsign: "BAW73B" }, { icao24: 2, origin: "EDDF" })).toBe(true);
});

test("arrivals are counted by the quarter hour in which they are expected", () => {
  const nowMs = 10 * QUARTER_HOUR_MS + 60_000;
  const at = (minutes: number | null) => ({
    row: 0,
    icao24: 0,
    distanceM: 0,
    leftMs: minutes === null ? null : minutes * 60_000,
  });
  expect(arrivalsPerQuarterHour([at(0), at(13.9), at(14), at(31), at(null), at(500)], nowMs, 4)).toEqual([2, 1, 1, 0]);
});
