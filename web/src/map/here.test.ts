import { describe, expect, test } from "vitest";
import { closestApproach, fromHere, getHere, type Here, setHere, subscribeHere } from "./here";

const at = (latitudeDeg: number, longitudeDeg: number) => ({ latitudeDeg, longitudeDeg });

describe("seen from a place", () => {
  test("one degree north is 60 nautical miles away", () => {
    const { distanceM, bearingDeg } = fromHere(at(50, 8), at(51, 8), null);
    expect(distanceM / 1852).toBeCloseTo(60, 0);
    expect(bearingDeg).toBeCloseTo(0, 6);
  });
  test("the bearing crosses the 180th meridian", () => {
    expect(fromHere(at(0, 179), at(0, -179), null).bearingDeg).toBeCloseTo(90, 6);
    expect(fromHere(at(0, -179), at(0, 179), null).bearingDeg).toBeCloseTo(270, 6);
  });
  test("an aircraft overhead is at 90°, one behind the horizon below 0°", () => {
    expect(fromHere(at(50, 8), at(50, 8), 30_000).elevationDeg).toBeCloseTo(90, 6);
    expect(fromHere(at(50, 8), at(50.1, 8), 36_000).elevationDeg).toBeCloseTo(44.5, 0);
    // 39,000 ft: the horizon of the round Earth is 389 km away.
    expect(fromHere(at(50, 8), at(53.4, 8), 39_000).elevationDeg).toBeGreaterThan(0);
    expect(fromHere(at(50, 8), at(53.6, 8), 39_000).elevationDeg).toBeLessThan(0);
  });
  test("an unknown altitude has no elevation", () =>
    expect(fromHere(at(50, 8), at(51, 8), null).elevationDeg).toBeNull());
});

test("who listens hears of a new place", () => {
  const heard: (Here | null)[] = [];
  const forget = subscribeHere(() => heard.push(getHere()));
  const here: Here = { kind: "person", name: "", ...at(1, 2) };
  setHere(here);
  setHere(null);
  forget();
  setHere(here);
  expect(heard).toEqual([here, null]);
  setHere(null);
});

describe("the closest approach", () => {
  const here = at(50, 8);
  // 20 km north, flying south-south-east at 480 kt: 14.8 km a minute.
  const seen = fromHere(here, at(50.18, 8), null);
  test("is passed when the aircraft flies towards it", () => {
    const { distanceM, inS } = closestApproach(seen, 170, 480, 120);
    expect(distanceM / 1000).toBeCloseTo(3.5, 1);
    expect(inS).toBeCloseTo(79.8, 0);
  });
  test("is now when the aircraft flies away or stands", () => {
    expect(closestApproach(seen, 10, 480, 120).inS).toBe(0);
    expect(closestApproach(seen, 180, 0, 120)).toEqual({ distanceM: expect.closeTo(seen.distanceM, 3), inS: 0 });
  });
  test("is not looked for beyond the time", () => {
    const { distanceM, inS } = closestApproach(seen, 180, 120, 120);
    expect(inS).toBe(120);
    expect(distanceM).toBeCloseTo(seen.distanceM - 120 * 120 * (1852 / 3600), 0);
  });
});
