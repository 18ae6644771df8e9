// The stored positions of aircraft, and their trails for the GPU.
import { describe, expect, test } from "vitest";
import { mercatorX, mercatorY } from "./mercator";
import { rowsWith } from "./testRows";
import { BREAK, POINT_FLOATS, TRAIL_NUMBERS, TRAIL_ON_GROUND } from "./trailLayout";
import { trailPoints } from "./trailPoints";
import { POINTS, SPACING_MS, Trails } from "./trails";

const START_MS = 1_750_000_000_000;

describe("trails", () => {
  const recorded = () => {
    const trails = new Trails();
    trails.reserve(3);
    for (let i = 0; i < 200; i++) trails.record(1, i * 40_000, -i * 40_000, i, START_MS + (i * SPACING_MS) / 2);
    return trails;
  };

  test("keep the last positions at their spacing", () => {
    const trail = recorded().of(1);
    expect(trail.length).toBe(POINTS * TRAIL_NUMBERS);
    expect([...trail.slice(-TRAIL_NUMBERS)]).toEqual([START_MS + 99 * SPACING_MS, 79.2, -79.2, 198]);
    expect((trail[TRAIL_NUMBERS] as number) - (trail[0] as number)).toBe(SPACING_MS);
  });
  test("return the newest if fewer are requested", () => {
    expect([...recorded().of(1, 2)]).toEqual([
      ...recorded()
        .of(1)
        .slice(-2 * TRAIL_NUMBERS),
    ]);
  });
  test("stay when rows are added, and are removed with their aircraft", () => {
    const trails = recorded();
    const before = trails.of(1);
    trails.reserve(500);
    expect(trails.of(1)).toEqual(before);
    trails.forget(1);
    expect(trails.of(1).length).toBe(0);
  });
});

describe("trails for the GPU", () => {
  const rows = rowsWith([
    { icao24: 1, latitudeDeg: 50, longitudeDeg: 179.9, altitudeFt: 10_000 },
    { icao24: 2, latitudeDeg: 50.5, longitudeDeg: 179.5, isOnGround: true },
    { icao24: 3, latitudeDeg: -50, longitudeDeg: 0, altitudeFt: 20_000 },
  ]);
  rows.referenceMs = START_MS;
  const trails = new Trails();
  trails.reserve(3);
  for (let row = 0; row < 3; row++) {
    for (let i = 0; i < 6; i++) {
      const longitude = [-17_995_000 - i * 1_000, 17_950_000, 0][row] as number;
      trails.record(row, 5_000_000, longitude, 400, START_MS + (i - 10) * SPACING_MS);
    }
  }
  const x = mercatorX(179.9);
  const area = { west: x - 0.01, east: x + 0.01, north: mercatorY(55), south: mercatorY(45) };

  test("are those in view, each from its aircraft to its oldest point, with a break after", () => {
    const { points, originX } = trailPoints(rows, trails, area, 1_000);
    expect(points.length).toBe(2 * (6 + 2) * POINT_FLOATS);
    expect([points[3], points[7 * POINT_FLOATS + 3], points[8 * POINT_FLOATS + 3]]).toEqual([
      400,
      BREAK,
      TRAIL_ON_GROUND,
    ]);
    expect(originX).toBeCloseTo(x, 9);
    expect(points[2]).toBe(0);
    expect(points[6 * POINT_FLOATS + 2]).toBe(-100);
  });
  test("continue across the 180th meridian", () => {
    const { points } = trailPoints(rows, trails, area, 1_000);
    for (let i = 0; i < 7; i++) expect(Math.abs(points[i * POINT_FLOATS] as number)).toBeLessThan(0.001);
  });
  test("are shorter if there are too many", () => {
    const { points } = trailPoints(rows, trails, area, 10);
    expect(points.length).toBe(2 * 5 * POINT_FLOATS);
    expect(trailPoints(rows, trails, area, 5).points.length).toBeLessThanOrEqual(5 * POINT_FLOATS);
  });
  test("are only those of aircraft that are shown", () => {
    rows.shown[1] = 0;
    expect(trailPoints(rows, trails, area, 1_000).points.length).toBe(8 * POINT_FLOATS);
    rows.shown[1] = 1;
  });
});
