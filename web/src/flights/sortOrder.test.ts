// Orders that need more than the rows: distances from a place, names behind codes, aircraft in the air first.
import { expect, test } from "vitest";
import type { SortColumn } from "./sortColumns";
import { PLAIN_BASIS, sortedRows } from "./sortOrder";
import { rowsWith } from "./testRows";

const rows = rowsWith([
  { icao24: 0, callsign: "DLH1", aircraftType: "B738", latitudeDeg: 50, longitudeDeg: 9, squawk: "7700" },
  { icao24: 1, callsign: "AFR1", aircraftType: "A320", latitudeDeg: 50, longitudeDeg: 8.1, isOnGround: true },
  { icao24: 2, callsign: "N12345", aircraftType: "ZZZZ", latitudeDeg: 60, longitudeDeg: 8 },
  { icao24: 3, callsign: "BAW1", latitudeDeg: 50, longitudeDeg: 7, squawk: "1000" },
]);
const ordered = (column: SortColumn, basis = PLAIN_BASIS, direction: "ascending" | "descending" = "ascending") =>
  Array.from(sortedRows(rows, { column, direction }, basis));

test("aircraft in the air come first in both directions", () => {
  const basis = { ...PLAIN_BASIS, isAirborneFirst: true };
  expect(ordered("callsign")).toEqual([1, 3, 0, 2]);
  expect(ordered("callsign", basis)).toEqual([3, 0, 2, 1]);
  expect(ordered("callsign", basis, "descending")).toEqual([2, 0, 3, 1]);
});

test("aircraft on the ground are below all in the air, however high their airport lies", () => {
  const high = rowsWith([
    { icao24: 0, altitudeFt: 5_000 },
    { icao24: 1, altitudeFt: 13_000, isOnGround: true },
    { icao24: 2 },
    { icao24: 3, altitudeFt: 30_000 },
  ]);
  const sorted = (direction: "ascending" | "descending") =>
    Array.from(sortedRows(high, { column: "altitude", direction }));
  expect(sorted("ascending")).toEqual([1, 0, 3, 2]);
  expect(sorted("descending")).toEqual([3, 0, 1, 2]);
});

test("distances and bearings count from a place, and are unknown without one", () => {
  const basis = { ...PLAIN_BASIS, from: { latitudeDeg: 50, longitudeDeg: 8 } };
  expect(ordered("distance", basis)).toEqual([1, 0, 3, 2]);
  expect(ordered("bearing", basis)[0]).toBe(2);
  expect(ordered("distance")).toEqual([0, 1, 2, 3]);
});

test("codes are sorted by the names that the page shows for them", () => {
  expect(ordered("typeName")).toEqual([1, 0, 2, 3]);
  const ranks = new Map([
    ["B738", 0],
    ["A320", 1],
  ]);
  expect(ordered("typeName", { ...PLAIN_BASIS, ranks })).toEqual([0, 1, 2, 3]);
  expect(
    ordered("airline", {
      ...PLAIN_BASIS,
      ranks: new Map([
        ["DLH", 1],
        ["BAW", 2],
        ["AFR", 3],
      ]),
    }),
  ).toEqual([0, 3, 1, 2]);
});

test("unknown squawks come last", () => {
  expect(ordered("squawk")).toEqual([3, 0, 1, 2]);
  expect(ordered("squawk", PLAIN_BASIS, "descending")).toEqual([0, 3, 1, 2]);
});
