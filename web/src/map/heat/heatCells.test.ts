import { expect, test } from "vitest";
import { CELLS, heatAt, shareOf } from "./heatCells";

const places = [Float32Array.of(0.25, 0.25, 0.25, 0.25, 0.75, 0.5), Float32Array.of(0.25, 0.25)];

test("places are counted in the cells of the tiles of a zoom", () => {
  const heat = heatAt(1, places);
  expect(heat.most).toBe(3);
  expect(heat.tile(0, 0)?.[(CELLS / 2) * CELLS + CELLS / 2]).toBe(3);
  expect(heat.tile(1, 1)?.[CELLS / 2]).toBe(1);
  expect(heat.tile(1, 0)).toBeUndefined();
  const sum = (cells: Uint32Array | undefined) => cells?.reduce((all, count) => all + count, 0);
  expect([sum(heat.tile(0, 0)), sum(heat.tile(1, 1))]).toEqual([3, 1]);
});

test("the copies of the world beside it have the same cells", () => {
  const heat = heatAt(1, places);
  expect(heat.tile(-2, 0)).toBe(heat.tile(0, 0));
  expect(heat.tile(3, 1)).toBe(heat.tile(1, 1));
});

test("few are visible beside many", () => {
  expect(shareOf(0, 1_000)).toBe(0);
  expect(shareOf(1, 1_000)).toBeGreaterThan(0.1);
  expect(shareOf(1_000, 1_000)).toBe(1);
  expect(shareOf(0, 0)).toBe(0);
});
