import { expect, test } from "vitest";
import { countRows } from "./statistics";
import { rowsWith } from "./testRows";

test("names to choose from are counted over all aircraft, frequent names over the shown ones", () => {
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
    { name: "Germany", count: 2 },
    { name: "Ireland", count: 1 },
  ]);
  expect(statistics.byCountry.map(({ count }) => count)).toEqual([1, 1]);
  expect(statistics.types).toEqual([
    { name: "A320", count: 1 },
    { name: "B738", count: 2 },
  ]);
  expect(statistics.byType).toEqual([{ name: "B738", count: 2 }]);
  expect(statistics.byOperator).toEqual([]);
});
