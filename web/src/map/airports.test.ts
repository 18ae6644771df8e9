import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { airportLines, TARGET } from "../../scripts/airports.mjs";
import { type Airport, airportCalled, parseAirports } from "./airports";

const text = readFileSync(TARGET, "utf8");

test("the file is the output of `node scripts/airports.mjs`", () => expect(text).toBe(airportLines()));

test("airports have a code, a place and a weight, the busiest first", () => {
  const airports = parseAirports(text);
  expect(airports.length).toBeGreaterThan(3_000);
  const isRight = ({ icao, name, latitudeDeg, longitudeDeg, passengersM }: Airport) =>
    /^[A-Z0-9]{3,4}$/.test(icao) &&
    name !== "" &&
    Math.abs(latitudeDeg) <= 90 &&
    Math.abs(longitudeDeg) <= 180 &&
    passengersM > 0;
  expect(airports.filter((airport) => !isRight(airport))).toEqual([]);
  expect(airports[0]?.passengersM).toBeGreaterThan(70);
  expect(airportCalled(airports, "EGLL")).toMatchObject({ iata: "LHR", name: "London Heathrow Airport" });
  expect(airportCalled(airports, "")).toBeNull();
  expect(airportCalled(airports, "ZZZZ")).toBeNull();
});
