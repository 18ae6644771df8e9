import { describe, expect, test } from "vitest";
import { boxAround, nearLongitude } from "./bounds";

const places = (...longitudes: number[]) =>
  longitudes.map((longitudeDeg, i) => ({ latitudeDeg: 10 * i, longitudeDeg }));

describe("the box around places", () => {
  test("contains exactly these places", () =>
    expect(boxAround(places(8, -20, 30))).toEqual({ south: 0, north: 20, west: -20, east: 30 }));
  test("crosses the Pacific if that is shorter", () =>
    expect(boxAround(places(170, -160))).toEqual({ south: 0, north: 10, west: 170, east: 200 }));
  test("of one place is that place", () =>
    expect(boxAround(places(500))).toEqual({ south: 0, north: 0, west: 140, east: 140 }));
  test("of no place is null", () => expect(boxAround([])).toBeNull());
});

test("a longitude's copy near another", () => {
  expect(nearLongitude(-170, 175)).toBe(190);
  expect(nearLongitude(10, -5)).toBe(10);
});
