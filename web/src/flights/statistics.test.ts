import { expect, test } from "vitest";
import { hasAny } from "./anyAircraft";
import { NO_FILTERS } from "./filters";
import { rowTest } from "./rowTest";
import { countRows } from "./statistics";
import { rowsWith } from "./testRows";

test("names to choose from are all there, and counted as frequent names over the shown ones", () => {
  const rows = rowsWith([
    { icao24: 1, country: "Ireland", aircraftType: "B738", status: "cruising", altitudeFt: 36_000, speedKt: 450 },
    { icao24: 2, country: "Germany", aircraftType: "A320", status: "landed", isOnGround: true },
    { icao24: 3, country: "Germany", aircraftType: "B738", status: "cruising", altitudeFt: 12_000, speedKt: 300 },
    { icao24: 4 },
  ]);
  rows.shown[1] = 0;
  const statistics = countRows(rows);
  expect([statistics.total, statistics.shown, statistics.airborne, statistics.onGround]).toEqual([4, 3, 3, 0]);
  expect(statistics.countries).toEqual([
    { name: "Germany", count: 1 },
    { name: "Ireland", count: 1 },
  ]);
  expect(statistics.byCountry.map(({ count }) => count)).toEqual([1, 1]);
  expect(statistics.types).toEqual([
    { name: "A320", count: 0 },
    { name: "B738", count: 2 },
  ]);
  expect(statistics.byType).toEqual([{ name: "B738", count: 2 }]);
  expect(statistics.byAirline).toEqual([]);
});

test("airlines are counted by callsign, airports by flights in the air, both among the shown aircraft", () => {
  const rows = rowsWith([
    { icao24: 1, callsign: "DLH4YK", origin: "EDDF", destination: "KJFK" },
    { icao24: 2, callsign: "DLH441", origin: "KJFK", destination: "EDDF" },
    { icao24: 3, callsign: "BAW12", origin: "EGLL", destination: "EDDF" },
    { icao24: 4, callsign: "BAW13", origin: "EGLL", destination: "EDDF", isOnGround: true },
    { icao24: 5, callsign: "DEMIL", origin: "", destination: "EDDF" },
    { icao24: 6, callsign: "BAW14", origin: "EGLL", destination: "EGLL" },
  ]);
  rows.shown[5] = 0;
  const { byAirline, byAirport } = countRows(rows);
  expect(byAirline).toEqual([
    { name: "BAW", count: 2 },
    { name: "DLH", count: 2 },
  ]);
  expect(byAirport).toEqual([
    { code: "EDDF", inbound: 3, outbound: 1 },
    { code: "KJFK", inbound: 1, outbound: 1 },
    { code: "EGLL", inbound: 0, outbound: 1 },
  ]);
});

test("the counts of a filter's choices follow the other filters, not its own", () => {
  const rows = rowsWith([
    { icao24: 1, country: "Ireland", aircraftType: "B738" },
    { icao24: 2, country: "Germany", aircraftType: "A320" },
    { icao24: 3, country: "Germany", aircraftType: "B738" },
    { icao24: 4, country: "France", aircraftType: "A320" },
  ]);
  const filters = { ...NO_FILTERS, countries: ["Germany"], types: ["B738"] };
  const test = rowTest(filters, rows);
  for (let row = 0; row < rows.rowCount; row++) rows.shown[row] = test(row) ? 1 : 0;
  const { shown, countries, types } = countRows(rows, filters, rowTest);
  expect(shown).toBe(1);
  expect(countries.map(({ name, count }) => `${name} ${count}`)).toEqual(["France 0", "Germany 1", "Ireland 1"]);
  expect(types.map(({ name, count }) => `${name} ${count}`)).toEqual(["A320 1", "B738 1"]);
});

test("vehicles and obstacles are shown but not counted as aircraft", () => {
  const rows = rowsWith([
    { icao24: 1, category: "rotorcraft", addressType: "mlat", country: "Ireland" },
    { icao24: 2, category: "service_vehicle", addressType: "adsb_icao_nt", country: "Ireland", isOnGround: true },
    { icao24: 3, category: "obstacle", addressType: "adsb_icao_nt" },
    { icao24: 4 },
  ]);
  rows.shown[2] = 0;
  const statistics = countRows(rows);
  expect([statistics.total, statistics.shown, statistics.onGround]).toEqual([2, 2, 0]);
  expect([statistics.vehicles, statistics.shownVehicles]).toEqual([2, 1]);
  expect(statistics.byCountry).toEqual([{ name: "Ireland", count: 1 }]);
  expect(statistics.byCategory.map(({ kind }) => kind)).toEqual(["unknown", "rotorcraft"]);
  expect(statistics.byAddressType.map(({ kind }) => kind)).toEqual(["unknown", "mlat"]);
  expect(statistics.categories.map(({ kind }) => kind)).toEqual([
    "unknown",
    "rotorcraft",
    "service_vehicle",
    "obstacle",
  ]);
  expect(statistics.shownCategories).toEqual(["unknown", "rotorcraft", "service_vehicle"]);
  expect(hasAny(countRows(rowsWith([{ icao24: 1, category: "obstacle" }])))).toBe(true);
});
