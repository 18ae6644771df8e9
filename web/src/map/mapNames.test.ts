import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type MapName, namesAt, widthPx } from "./mapNames";
import { parsePlaces } from "./places";

const places = parsePlaces(readFileSync(new URL("./data/places.tsv", import.meta.url), "utf8"));
const germany = { name: "Germany", x: 0.529, y: 0.335, width: 0.025 };

const overlap = (a: MapName, b: MapName, worldPx: number) =>
  Math.abs(a.x - b.x) * worldPx < (widthPx(a.text, a.sizePx) + widthPx(b.text, b.sizePx)) / 2 &&
  Math.abs(a.y - b.y) * worldPx < (a.sizePx + b.sizePx) / 2;

test.each([4, 6, 9])("no name of zoom %d is over another", (zoom) => {
  const names = namesAt(zoom, [germany], places);
  expect(names.length).toBeGreaterThan(100);
  const worldPx = 256 * 2 ** zoom;
  const pairs = names.flatMap((a, i) => names.slice(i + 1, i + 400).filter((b) => overlap(a, b, worldPx)));
  expect(pairs).toEqual([]);
});

test("far views name countries, near ones cities by their size", () => {
  expect(namesAt(3, [germany], places)).toEqual([]);
  expect(namesAt(5, [germany], places).some(({ isCountry }) => isCountry)).toBe(true);
  expect(namesAt(9, [germany], places).some(({ isCountry }) => isCountry)).toBe(false);
  const sizeOf = (text: string) => namesAt(9, [], places).find((name) => name.text === text)?.sizePx ?? 0;
  expect(sizeOf("Tokyo")).toBeGreaterThan(sizeOf("Cambridge"));
});
