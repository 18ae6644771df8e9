import { describe, expect, test } from "vitest";
import { fromHere, getHere, type Here, setHere, subscribeHere } from "./here";

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
