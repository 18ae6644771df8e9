// Which tiles a map asks for.
import { expect, test } from "vitest";
import { MOST_TILES, tilesInView } from "./view.ts";

/** A view of so many pixels around a place, in fractions of the world. */
function view(zoom: number, x: number, y: number, width = 1_920, height = 1_080) {
  const [halfX, halfY] = [width, height].map((pixels) => pixels / (256 * 2 ** zoom) / 2) as [number, number];
  return { west: x - halfX, east: x + halfX, north: y - halfY, south: y + halfY, zoom };
}

test("the world needs no tiles but that of class 0", () => {
  expect(tilesInView(view(3, 0.5, 0.5))).toMatchObject({ zoom: { number: 0 }, tiles: [] });
});

test.each([
  [5, 1],
  [6, 1],
  [7, 2],
  [8, 2],
  [9, 3],
  [10, 3],
  [11, 4],
  [14, 4],
])("a screen at zoom %d is covered by tiles of class %d", (zoom, number) => {
  const wanted = view(zoom, 0.5312, 0.3371);
  const found = tilesInView(wanted);
  expect(found.zoom.number).toBe(number);
  expect(found.tiles.length).toBeLessThanOrEqual(MOST_TILES);
  const count = 2 ** found.zoom.tileZoom;
  for (const x of [wanted.west, wanted.east]) {
    for (const y of [wanted.north, wanted.south]) {
      expect(found.tiles).toContain(Math.floor(y * count) * count + Math.floor(x * count));
    }
  }
});

test("a larger view than 64 tiles has those of the next coarser class", () => {
  const found = tilesInView(view(11, 0.5312, 0.3371, 3_840, 2_160));
  expect(found.zoom.number).toBe(3);
  expect(found.tiles.length).toBeLessThanOrEqual(MOST_TILES);
});

test("tiles go on across the 180th meridian, and end at the poles", () => {
  const { zoom, tiles } = tilesInView(view(9, 1, 0.001));
  const count = 2 ** zoom.tileZoom;
  const columns = new Set(tiles.map((tile) => tile % count));
  expect(columns).toContain(0);
  expect(columns).toContain(count - 1);
  expect(Math.max(...tiles.map((tile) => Math.floor(tile / count)))).toBeLessThan(8);
  expect(new Set(tiles).size).toBe(tiles.length);
});

test("a view over several worlds has each tile once, and one without a size none", () => {
  const { tiles } = tilesInView({ ...view(5, 0.5, 0.5), west: -1, east: 3, north: 0.4, south: 0.5 });
  expect(new Set(tiles).size).toBe(tiles.length);
  expect(tilesInView({ west: Number.NaN, east: Number.NaN, north: 0, south: 0, zoom: 9 }).tiles).toEqual([]);
});
