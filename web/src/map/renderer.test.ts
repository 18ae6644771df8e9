import { expect, test } from "vitest";
import { iconSizePx } from "./renderer";

const scale = (zoom: number) => 256 * 2 ** zoom;

test("icons grow with the zoom, and are smaller on a crowded small map", () => {
  expect(iconSizePx(scale(3), 20_000)).toBeLessThan(iconSizePx(scale(3), 2_000));
  expect(iconSizePx(scale(3), 2_000)).toBeLessThan(iconSizePx(scale(3), 100));
  for (const count of [0, 100, 20_000]) {
    const sizes = [2, 3, 4, 5, 6, 7, 8, 9].map((zoom) => iconSizePx(scale(zoom), count));
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  }
});

test("near an airport the number of aircraft is ignored", () => {
  expect(iconSizePx(scale(9), 20_000)).toBe(iconSizePx(scale(9), 10));
});
