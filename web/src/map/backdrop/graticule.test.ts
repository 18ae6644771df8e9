import { expect, test } from "vitest";
import { above, beside, degreesText, linesWithin, parallelsWithin, stepDeg } from "./graticule";

test.each([
  [2, 30, "E", "W", "30°E"],
  [3, -10, "N", "S", "10°S"],
  [10, 7.5, "E", "W", "7°30′E"],
  [17, -0.05, "E", "W", "0°03′W"],
  [2, 0, "N", "S", "0°"],
  [2, 190, "E", "W", "170°W"],
  [2, -180, "E", "W", "180°"],
  [2, 540, "E", "W", "180°"],
])("at zoom %d the line at %d of %s and %s has the label %s", (_zoom, degrees, positive, negative, label) =>
  expect(degreesText(degrees, positive, negative)).toBe(label),
);

test("lines are at least 90 pixels apart, and few enough to read", () => {
  for (let zoom = 2; zoom <= 17; zoom++) {
    const px = (stepDeg(zoom) * 256 * 2 ** zoom) / 360;
    expect(px).toBeGreaterThanOrEqual(zoom === 2 ? 85 : 90);
    // Beyond a minute of arc there is no closer line.
    if (zoom < 14) expect(px).toBeLessThan(280);
  }
});

test("lines are the multiples of the step, and end where the map does", () => {
  expect(linesWithin(-31, 61, 30)).toEqual([-30, 0, 30, 60]);
  expect(parallelsWithin(-90, 90, 30)).toEqual([-60, -30, 0, 30, 60]);
  expect(linesWithin(7.4, 7.6, 1 / 12)).toEqual([7.5 - 1 / 12, 7.5, 7.5 + 1 / 12].map((line) => expect.closeTo(line)));
});

test("labels stand beside and above what covers the edges of the map", () => {
  const legend = { left: 12, top: 500, right: 292, bottom: 788 };
  expect(beside([], 600)).toBe(6);
  expect(beside([legend], 490)).toBe(6);
  expect(beside([legend], 505)).toBe(298);
  expect(beside([legend], 600)).toBe(298);
  expect(above([legend], 300, 766)).toBe(766);
  expect(above([legend], 100, 766)).toBe(486);
  const card = { left: 12, top: 12, right: 332, bottom: 496 };
  expect(above([card, legend], 100, 766)).toBe(-2);
});

test("labels of larger type need more room", () => {
  const legend = { left: 12, top: 500, right: 292, bottom: 788 };
  expect(beside([{ ...legend, left: 60 }], 600)).toBe(6);
  expect(beside([{ ...legend, left: 60 }], 600, 2)).toBe(298);
  expect(above([legend], 100, 766, 2)).toBe(472);
});
