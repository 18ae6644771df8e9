import { expect, test, vi } from "vitest";
import { DEFAULT_CONFIG } from "@/flights/config";

// Leaflet reads the window when it is imported.
vi.mock("leaflet", () => ({ default: {} }));
const { BUILT_IN, chosenMap, isPmtiles, mapChoices } = await import("./baseMaps");

const baseMaps = [{ name: "Europe", url: "/maps/europe.pmtiles?v=2", attribution: "E" }];
const keysOf = (tilesUrl: string) => mapChoices({ ...DEFAULT_CONFIG, tilesUrl, baseMaps }).map(({ key }) => key);

test("the map of tilesUrl is the first, otherwise the built-in one", () => {
  expect(keysOf("")).toEqual([BUILT_IN, "Europe"]);
  expect(keysOf("https://tiles.example/{z}/{x}/{y}.png")).toEqual(["", BUILT_IN, "Europe"]);
});

test("an address with a map that is not there shows the first one", () => {
  const choices = mapChoices({ ...DEFAULT_CONFIG, baseMaps });
  expect(chosenMap(choices, "Europe").url).toBe("/maps/europe.pmtiles?v=2");
  expect(chosenMap(choices, "Asia").key).toBe(BUILT_IN);
  expect(chosenMap(choices, "").key).toBe(BUILT_IN);
});

test.each([
  ["/maps/europe.pmtiles?v=2", true],
  ["https://a.example/a.pmtiles", true],
  ["https://a.example/pmtiles/{z}/{x}/{y}.png", false],
])("%s is a PMTiles file: %s", (url, expected) =>
  expect(isPmtiles({ key: "a", url, attribution: "", isInverted: false })).toBe(expected),
);
