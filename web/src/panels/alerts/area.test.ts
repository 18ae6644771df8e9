import { describe, expect, test } from "vitest";
import { type Area, boxOf, insideTest, parseArea } from "./area";

const at = (latitudeDeg: number, longitudeDeg: number) => ({ latitudeDeg, longitudeDeg });

describe("a polygon", () => {
  const arrow = { corners: [at(0, 0), at(10, 5), at(0, 10), at(3, 5)] };
  test("holds what is between its edges", () => {
    const isInside = insideTest(arrow);
    expect(isInside(at(6, 5))).toBe(true);
    expect(isInside(at(2, 5))).toBe(false);
    expect(isInside(at(1, 1.2))).toBe(true);
    expect(isInside(at(6, 12))).toBe(false);
  });
  test("may cross the 180th meridian", () => {
    const isInside = insideTest({ corners: [at(0, 170), at(10, 190), at(0, 190)] });
    expect(isInside(at(2, -172))).toBe(true);
    expect(isInside(at(2, 178))).toBe(true);
    expect(isInside(at(2, 165))).toBe(false);
    expect(boxOf({ corners: [at(0, 170), at(10, 190), at(0, 190)] })).toEqual({
      south: 0,
      north: 10,
      west: 170,
      east: -170,
    });
  });
});

test("a circle holds what is near its centre, and its box holds all of it", () => {
  const circle: Area = { centre: at(60, 179.5), radiusM: 100_000 };
  const isInside = insideTest(circle);
  expect(isInside(at(60, -179.2))).toBe(true);
  expect(isInside(at(61, 179.5))).toBe(false);
  const { west, east, south, north } = boxOf(circle);
  expect(west).toBeLessThan(177.8);
  expect(east).toBeGreaterThan(-178.8);
  expect([south < 59.11, north > 60.89]).toEqual([true, true]);
});

describe("areas from storage", () => {
  test("come back", () => {
    for (const area of [
      { west: 1, south: 2, east: 3, north: 4 },
      { corners: [at(0, 0), at(1, 1), at(0, 2)] },
      { centre: at(1, 2), radiusM: 3 },
    ]) {
      expect(parseArea(JSON.parse(JSON.stringify(area)))).toEqual(area);
    }
  });
  test("that are damaged are none", () => {
    for (const bad of [null, {}, { west: 1 }, { corners: [at(0, 0)] }, { corners: [1, 2, 3] }, { centre: at(1, 2) }]) {
      expect(parseArea(bad)).toBeNull();
    }
  });
});
