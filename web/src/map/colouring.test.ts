import { ADDRESS_TYPES, CATEGORIES } from "@flighttracker/client";
import { expect, test } from "vitest";
import { rowsWith } from "@/flights/testRows";
import { CATEGORY_GROUPS, type Colouring, colouringBy, MOST_CLASSES, SOURCE_GROUPS } from "./colouring";
import { COLOURS_BY } from "./mapOptions";

const rows = rowsWith([
  { icao24: 1, speedKt: 0, addressType: "adsb_icao", category: "heavy" },
  { icao24: 2, speedKt: 600, addressType: "mlat", category: "rotorcraft" },
  { icao24: 3 },
]);
const colours = (by: Parameters<typeof colouringBy>[0]) => {
  const colouring = colouringBy(by) as Colouring;
  return [0, 1, 2].map((row) => colouring.colours.dark[colouring.classOf(rows, row, 0)]);
};

test("the slowest is orange, the fastest violet, an unknown speed grey", () =>
  expect(colours("speed")).toEqual(["#ff7a3d", "#9d9bff", "#c3ccd6"]));

test("sources and categories have a colour for each group", () => {
  expect(colours("source")).toEqual(["#62b0ff", "#ffb547", "#c3ccd6"]);
  expect(colours("category")).toEqual(["#ffb547", "#ff8fb1", "#c3ccd6"]);
});

test("a fresh position is blue, an old one orange", () => {
  const age = colouringBy("age") as Colouring;
  expect(age.colours.dark[age.classOf(rows, 0, 0)]).toBe("#9d9bff");
  expect(age.colours.dark[age.classOf(rows, 0, 3_600)]).toBe("#ff7a3d");
});

test("every kind is in one group or unknown, and every class has a colour", () => {
  expect(SOURCE_GROUPS.flat().toSorted()).toEqual(ADDRESS_TYPES.filter((kind) => kind !== "unknown").toSorted());
  expect(CATEGORY_GROUPS.flat().toSorted()).toEqual(CATEGORIES.filter((kind) => kind !== "unknown").toSorted());
  for (const by of COLOURS_BY) {
    for (const list of Object.values(colouringBy(by)?.colours ?? {})) {
      expect(list.length).toBeLessThanOrEqual(MOST_CLASSES);
      for (const colour of list) expect(colour).toMatch(/^#[0-9a-f]{6}$/);
    }
  }
});
