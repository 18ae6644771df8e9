// No code of an airport is over a name of the built-in map or over another code.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { mercatorX, mercatorY } from "@/flights/mercator";
import { parseAirports } from "./airports";
import { BoxIndex } from "./boxIndex";
import { type CodePlace, codeBox, placeCodes } from "./codePlaces";
import type { Box } from "./labelChoice";
import { boxOf, namesAt } from "./mapNames";
import { parsePlaces } from "./places";

const read = (name: string) => readFileSync(new URL(`./data/${name}`, import.meta.url), "utf8");
const places = parsePlaces(read("places.tsv"));
const spots = parseAirports(read("airports.tsv")).map((airport) => ({
  airport,
  x: mercatorX(airport.longitudeDeg),
  y: mercatorY(airport.latitudeDeg),
}));

test.each([5, 6, 8, 10])("codes of zoom %d cover nothing", (zoom) => {
  const worldPx = 256 * 2 ** zoom;
  const names = namesAt(zoom, [], places).map((name) => boxOf(name, worldPx));
  const codes = placeCodes(spots, worldPx, names, 1, zoom >= 10);
  const boxes = codes.flatMap((place, i) => {
    const spot = spots[i] as (typeof spots)[number];
    return place === null ? [] : [codeBox(spot.airport, place, { x: spot.x * worldPx, y: spot.y * worldPx }, 1)];
  });
  expect(boxes.length).toBeGreaterThan(zoom < 6 ? 200 : 800);
  const taken = new BoxIndex(names);
  const covering = boxes.filter((box) => {
    const isFree = taken.isFree(box);
    taken.add(box);
    return !isFree;
  });
  expect(covering).toEqual([]);
});

const spot = (iata: string, x: number, y: number) => {
  const airport = { icao: `X${iata}`, iata, name: "Field", latitudeDeg: 0, longitudeDeg: 0, passengersM: 1 };
  return { airport, x: x / 1000, y: y / 1000 };
};
const placed = (spots: Parameters<typeof placeCodes>[0], taken: readonly Box[], hasNames = false) =>
  placeCodes(spots, 1000, taken, 1, hasNames);

test("a code is below its dot, or beside or above it where a name is, or nowhere", () => {
  const below: Box = { left: 480, top: 506, right: 520, bottom: 520 };
  const right: Box = { left: 508, top: 496, right: 540, bottom: 504 };
  const left: Box = { left: 460, top: 496, right: 492, bottom: 504 };
  const above: Box = { left: 480, top: 480, right: 520, bottom: 494 };
  const sideWith = (...taken: Box[]) => placed([spot("ABC", 500, 500)], taken)[0]?.side ?? null;
  expect(sideWith()).toBe("below");
  expect(sideWith(below)).toBe("right");
  expect(sideWith(below, right)).toBe("left");
  expect(sideWith(below, right, left)).toBe("above");
  expect(sideWith(below, right, left, above)).toBeNull();
});

test("where there is no room for the name of an airport there may be for its code", () => {
  const under: Box = { left: 480, top: 518, right: 520, bottom: 530 };
  const sides: Box[] = [
    { left: 508, top: 480, right: 520, bottom: 504 },
    { left: 480, top: 480, right: 492, bottom: 504 },
    { left: 490, top: 470, right: 510, bottom: 490 },
  ];
  expect(placed([spot("ABC", 500, 500)], [under, ...sides], true)).toEqual([{ side: "below", hasName: false }]);
  expect(placed([spot("ABC", 500, 500)], [], true)).toEqual([{ side: "below", hasName: true }]);
});

test("of two airports at one place the busier has its code", () => {
  const found: (CodePlace | null)[] = placed([spot("ABC", 500, 500), spot("XYZ", 503, 503)], []);
  expect(found).toEqual([{ side: "below", hasName: false }, null]);
});
