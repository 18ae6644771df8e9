import { expect, test } from "vitest";
import { rowsWith } from "@/flights/testRows";
import { closestSoonOf, nearestOf } from "./nearest";

const here = { latitudeDeg: 50, longitudeDeg: 179.9 };
const rows = rowsWith([
  { icao24: 1, latitudeDeg: 51, longitudeDeg: 179.9 },
  { icao24: 2, latitudeDeg: 50, longitudeDeg: -179.9 },
  { icao24: 3, latitudeDeg: 50.2, longitudeDeg: 179.9 },
  { icao24: 4, latitudeDeg: -50, longitudeDeg: 0 },
]);
test("the nearest come first, also across the 180th meridian", () => {
  const found = nearestOf(rows, here, 3);
  expect(found.map(({ icao24 }) => icao24)).toEqual([2, 3, 1]);
  expect((found[0]?.distanceM as number) / 1000).toBeCloseTo(14.3, 1);
  expect(nearestOf(rows, here, 1).map(({ icao24 }) => icao24)).toEqual([2]);
});

test("only what flies towards the place comes closer", () => {
  const moving = { latitudeDeg: 50.2, longitudeDeg: 179.9, speedKt: 480 };
  const flying = rowsWith([
    { icao24: 1, ...moving },
    { icao24: 2, ...moving, trackDeg: 0 },
    { icao24: 3, ...moving, trackDeg: 180 },
    { icao24: 4, ...moving, trackDeg: 180, isOnGround: true },
    { icao24: 5, ...moving, latitudeDeg: 54, trackDeg: 180 },
  ]);
  const found = closestSoonOf(flying, here, 9);
  expect(found.map(({ icao24 }) => icao24)).toEqual([3]);
  expect(found[0]?.closest?.distanceM).toBeLessThan(500);
  expect(found[0]?.closest?.inS).toBeGreaterThan(80);
});

test("what the filters hide is not near", () => {
  rows.shown[1] = 0;
  expect(nearestOf(rows, here, 1).map(({ icao24 }) => icao24)).toEqual([3]);
  rows.shown[1] = 1;
});
