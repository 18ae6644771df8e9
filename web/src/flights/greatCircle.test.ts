import { describe, expect, test } from "vitest";
import { bearingDeg, destination, distanceM, greatCircle } from "./greatCircle";

const frankfurt = { latitudeDeg: 50.0264, longitudeDeg: 8.5431 };
const newYork = { latitudeDeg: 40.6399, longitudeDeg: -73.7787 };
const tokyo = { latitudeDeg: 35.5523, longitudeDeg: 139.78 };
const losAngeles = { latitudeDeg: 33.9425, longitudeDeg: -118.4081 };

describe("great circle", () => {
  test("begins in a known direction", () => {
    expect(bearingDeg(frankfurt, newYork)).toBeCloseTo(294, 0);
    expect(bearingDeg({ latitudeDeg: 0, longitudeDeg: 179 }, { latitudeDeg: 0, longitudeDeg: -179 })).toBeCloseTo(
      90,
      5,
    );
    expect(bearingDeg(frankfurt, { ...frankfurt, latitudeDeg: 10 })).toBeCloseTo(180, 5);
  });

  test("has known lengths", () => {
    expect(distanceM(frankfurt, newYork) / 1000).toBeCloseTo(6_184, -1);
    expect(distanceM(tokyo, losAngeles) / 1000).toBeCloseTo(8_815, -1);
    expect(distanceM(tokyo, tokyo)).toBe(0);
  });

  test("has both ends, small steps, and the length of the whole", () => {
    const places = greatCircle(frankfurt, newYork);
    expect(places[0]).toEqual(frankfurt);
    expect(places.at(-1)).toEqual(newYork);
    const steps = places.slice(1).map((place, i) => distanceM(places[i] as typeof place, place));
    expect(Math.max(...steps)).toBeLessThan(112_000);
    expect(steps.reduce((sum, step) => sum + step, 0)).toBeCloseTo(distanceM(frankfurt, newYork), -1);
  });

  test("runs north of both ends over the Atlantic", () => {
    expect(Math.max(...greatCircle(frankfurt, newYork).map(({ latitudeDeg }) => latitudeDeg))).toBeGreaterThan(52);
  });

  test("continues across the 180th meridian", () => {
    const longitudes = greatCircle(tokyo, losAngeles).map(({ longitudeDeg }) => longitudeDeg);
    expect(longitudes.at(-1)).toBeCloseTo(360 - 118.4081, 9);
    for (let i = 1; i < longitudes.length; i++) {
      expect(Math.abs((longitudes[i] as number) - (longitudes[i - 1] as number))).toBeLessThan(5);
    }
  });

  test("has a result for opposite and for equal places", () => {
    const opposite = { latitudeDeg: -frankfurt.latitudeDeg, longitudeDeg: frankfurt.longitudeDeg - 180 };
    for (const { latitudeDeg, longitudeDeg } of [...greatCircle(frankfurt, opposite), ...greatCircle(tokyo, tokyo)]) {
      expect(Number.isFinite(latitudeDeg) && Number.isFinite(longitudeDeg)).toBe(true);
    }
  });
});

test("a place at a distance and a bearing is that far away, also across a pole", () => {
  for (const bearing of [0, 90, 200, 359]) {
    expect(distanceM(frankfurt, destination(frankfurt, bearing, 5e6))).toBeCloseTo(5e6, 0);
  }
  const beyond = destination({ latitudeDeg: 85, longitudeDeg: 8 }, 0, 10 * 60 * 1852);
  expect(beyond.latitudeDeg).toBeCloseTo(85, 0);
  expect(Math.abs(beyond.longitudeDeg - 8)).toBeCloseTo(180, 3);
});
