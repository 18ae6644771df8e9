import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseTypeNames } from "./typeNames";

const names = parseTypeNames(readFileSync(new URL("./data/typeNames.tsv", import.meta.url), "utf8"));

test("every line is a designator and a name that fits into a card", () => {
  expect(names.size).toBeGreaterThan(2_500);
  const isRight = ([designator, name]: [string, string | undefined]) =>
    /^[A-Z0-9]{2,4}$/.test(designator) && name !== undefined && name.trim() === name && /^.{2,60}$/.test(name);
  expect([...names].filter((entry) => !isRight(entry))).toEqual([]);
});

test.each([
  ["A20N", "Airbus A320neo"],
  ["B738", "Boeing 737-800"],
  ["C172", "Cessna 172 Skyhawk"],
  ["AT76", "ATR 72-600"],
  ["EC35", "Airbus Helicopters EC-135"],
  ["GLID", "Glider"],
])("%s is a %s", (designator, name) => expect(names.get(designator)).toBe(name));

test("types of the simulation have a name", () => {
  const table = new URL(
    "../../../../services/generator/src/flighttracker_generator/data/aircraft_types.csv",
    import.meta.url,
  );
  const designators = readFileSync(table, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",")[0] ?? "");
  expect(designators.length).toBeGreaterThan(50);
  expect(designators.filter((designator) => !names.has(designator))).toEqual([]);
});
