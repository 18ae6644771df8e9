import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { latitudeDeg, longitudeDeg } from "@/flights/mercator";
import { parseWaters } from "./waters";

test.each(["waters50m", "waters10m"])("%s has the Great Lakes and the Danube where they are", (name) => {
  const { lakes, rivers } = parseWaters(readFileSync(new URL(`./data/${name}.tsv`, import.meta.url), "utf8"));
  expect(lakes.length).toBeGreaterThan(300);
  expect(rivers.length).toBeGreaterThan(300);
  const isAt = (latitude: number, longitude: number) => (path: (typeof lakes)[number]) =>
    latitudeDeg(path.south) < latitude &&
    latitude < latitudeDeg(path.north) &&
    longitudeDeg(path.west) < longitude &&
    longitude < longitudeDeg(path.east);
  expect(lakes.some(isAt(44, -87))).toBe(true);
  expect(rivers.some(isAt(47.5, 19))).toBe(true);
  expect(
    [...lakes, ...rivers].every(({ west, east, north, south }) => west >= 0 && east <= 1 && north >= 0 && south <= 1),
  ).toBe(true);
});
