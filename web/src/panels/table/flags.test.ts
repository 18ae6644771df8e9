import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseFlags } from "./flags";

const flags = parseFlags(readFileSync(new URL("./data/flags.tsv", import.meta.url), "utf8"));

test.each([
  ["Germany", "Germany"],
  ["Türkiye", "Turkey"],
  ["South Korea", "Republic of Korea"],
])("%s has a flag, also as %s", (name, other) => {
  expect(flags.get(name)).toMatch(/^data:image\/svg\+xml,%3Csvg/);
  expect(flags.get(other)).toBe(flags.get(name));
});

test("every state that owns addresses has a flag", () => {
  const states = new URL("../../../../services/generator/src/flighttracker_generator/data/states.csv", import.meta.url);
  const names = readFileSync(states, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",")[1] ?? "");
  expect(names.filter((name) => !flags.has(name))).toEqual([]);
});
