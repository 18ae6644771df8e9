import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { countryCode, countryName } from "./countryName";

const lines = (path: string) =>
  readFileSync(new URL(path, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line !== "");

test("names are in the reader's language, whatever a source calls the country", () => {
  const french = (name: string) => countryName(name, "fr");
  expect([french("Germany"), french("United Kingdom"), french("Republic of Korea"), french("Viet Nam")]).toEqual([
    "Allemagne",
    "Royaume-Uni",
    "Corée du Sud",
    "Viêt Nam",
  ]);
  expect(countryName("United States", "de")).toBe("Vereinigte Staaten");
  expect(countryName("Republic of Korea", "en")).toBe("Republic of Korea");
  expect(countryName("Sealand", "de")).toBe("Sealand");
});

test("each name of the simulation's states and of the search's countries has its code", () => {
  const states = lines("../../../services/generator/src/flighttracker_generator/data/states.csv")
    .slice(1)
    .map((line) => /^(\w\w),("[^"]*"|[^,]*)/.exec(line) ?? [])
    .map(([, code = "", name = ""]) => [code, name.replaceAll('"', "")] as const);
  const countries = lines("../map/data/countries.tsv").map((line) => line.split("\t") as [string, string]);
  expect(states.length + countries.length).toBeGreaterThan(400);
  const wrong = [...states, ...countries].filter(([code, name]) => countryCode(name) !== code);
  expect(wrong.map(([code, name]) => `${code} ${name}: ${countryCode(name)}`)).toEqual([]);
});

test("the map's short names are known, but for places that are no country of ISO 3166", () => {
  const { objects } = JSON.parse(lines("../../node_modules/world-atlas/countries-50m.json").join("")) as {
    readonly objects: { readonly countries: { readonly geometries: readonly { properties: { name: string } }[] } };
  };
  const unknown = objects.countries.geometries
    .map(({ properties }) => properties.name)
    .filter((name) => !countryCode(name));
  expect(unknown.sort()).toEqual([
    "Ashmore and Cartier Is.",
    "Indian Ocean Ter.",
    "N. Cyprus",
    "Siachen Glacier",
    "Somaliland",
  ]);
});

test("OpenSky's long names are known", () => {
  const names = [
    "Iran, Islamic Republic of",
    "Lao People's Democratic Republic",
    "Syrian Arab Republic",
    "Brunei Darussalam",
  ];
  const more = ["Kingdom of the Netherlands", "Republic of Moldova", "United Republic of Tanzania", "Türkiye"];
  const codes = [...names, ...more, "Democratic Republic of the Congo", "Democratic People's Republic of Korea"];
  expect(codes.map(countryCode)).toEqual(["IR", "LA", "SY", "BN", "NL", "MD", "TZ", "TR", "CD", "KP"]);
});
