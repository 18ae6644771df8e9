import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { rowsWith } from "@/flights/testRows";
import { parseAirports } from "@/map/airports";
import { parseCountries, parsePlaces } from "@/map/places";
import { parseTypeNames } from "../card/typeNames";
import { callsignsOf, parseAirlines } from "./airlines";
import { type Found, find, type World } from "./find";
import { groupsOf, indexOf } from "./flightIndex";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const airlines = parseAirlines(read("./data/airlines.tsv"));
const flights = indexOf(
  rowsWith([
    { icao24: 0x3c6444, callsign: "DLH400", registration: "D-AIBL", aircraftType: "A388" },
    { icao24: 0x400a12, callsign: "BAW0123", registration: "G-XWBA", aircraftType: "A35K" },
    { icao24: 0x400a13, callsign: "BAW12", registration: "G-XWBB", aircraftType: "A35K" },
    { icao24: 0xa388b1, callsign: "N12", registration: "N12", aircraftType: "C172" },
  ]),
);
const world: World = {
  flights,
  ...groupsOf(flights),
  airports: parseAirports(read("../../map/data/airports.tsv")),
  airlines,
  types: parseTypeNames(read("../card/data/typeNames.tsv")),
  countries: parseCountries(read("../../map/data/countries.tsv")).map((country) => ({
    ...country,
    localName: country.code === "DE" ? "Deutschland" : country.name,
  })),
  places: parsePlaces(read("../../map/data/places.tsv")),
  commands: [{ action: "units", name: "Change units" }],
};

const nameOf = (found: Found | undefined): string => {
  switch (found?.kind) {
    case "flights":
      return found.flight.callsign;
    case "airports":
      return found.airport.icao;
    case "airlines":
      return found.airline.icao;
    case "types":
      return found.type;
    case "countries":
      return found.country.code;
    case "places":
      return found.place.name;
    case "commands":
      return found.action;
    default:
      return JSON.stringify(found?.kind === "coordinates" ? found.place : null);
  }
};
const first = (query: string) => {
  const found = find(query, world)[0]?.found[0];
  return `${found?.kind}: ${nameOf(found)}`;
};

describe("Enter goes to the best match", () => {
  test.each([
    ["LHR", "airports: EGLL"],
    ["egll", "airports: EGLL"],
    ["heathrow", "airports: EGLL"],
    ["Lufthansa", "airlines: DLH"],
    ["luft", "airlines: DLH"],
    ["BA123", "flights: BAW0123"],
    ["ba 123", "flights: BAW0123"],
    ["BAW123", "flights: BAW0123"],
    ["DLH400", "flights: DLH400"],
    ["daibl", "flights: DLH400"],
    ["D-AIBL", "flights: DLH400"],
    ["3c6444", "flights: DLH400"],
    ["A388", "types: A388"],
    ["Germany", "countries: DE"],
    ["deutschland", "countries: DE"],
    ["paris", "places: Paris"],
    ["Zurich", "places: Zürich"],
    ["lon", "places: London"],
    ["Frankf", "places: Frankfurt"],
    ["germa", "countries: DE"],
    ["change u", "commands: units"],
    ["48.35, 11.78", 'coordinates: {"latitudeDeg":48.35,"longitudeDeg":11.78}'],
  ])("%s", (query, expected) => expect(first(query)).toBe(expected));
});

test("a flight number that nobody flies finds its airline", () => {
  expect(nameOf(find("LH4711", world).find(({ kind }) => kind === "airlines")?.found[0])).toMatch(/DLH|GEC/);
});

test("cities and airports whose names begin with the text are before airlines", () => {
  expect(
    find("lon", world)
      .map(({ kind }) => kind)
      .slice(0, 3),
  ).toEqual(["places", "airports", "airlines"]);
});

test("airlines and types know their flights", () => {
  const airline = find("british airways", world)[0]?.found[0];
  expect(airline?.kind === "airlines" && airline.flights.map(({ callsign }) => callsign)).toEqual(["BAW0123", "BAW12"]);
  const type = find("a388", world)[0]?.found[0];
  expect(type?.kind === "types" && type.flights.length).toBe(1);
});

test("nothing lists the commands, and nonsense finds nothing", () => {
  expect(find(" ", world).map(({ kind }) => kind)).toEqual(["commands"]);
  expect(find("qqqqqq", world)).toEqual([]);
});

test("every airline has an ICAO code and a name", () => {
  expect(airlines.length).toBeGreaterThan(5_000);
  const isRight = /^[A-Z]{3}\t([A-Z0-9]{2})?\t\S.*$/;
  expect(airlines.filter(({ icao, iata, name }) => !isRight.test(`${icao}\t${iata}\t${name}`))).toEqual([]);
});

test.each([
  ["BA123", ["BAW123", "SHT123"]],
  ["BA0123", ["BAW123", "SHT123"]],
  ["BAW123", []],
  ["BA", []],
])("callsigns of %s", (flightNumber, callsigns) => expect(callsignsOf(flightNumber, airlines)).toEqual(callsigns));
