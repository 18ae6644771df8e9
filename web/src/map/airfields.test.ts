import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { distanceM } from "@/flights/greatCircle";
import { parseAirfields } from "./airfields";

const airfields = parseAirfields(readFileSync(new URL("./data/airfields.tsv", import.meta.url), "utf8"));

test("airfields have codes and places, and large ones their runways", () => {
  expect(airfields.length).toBeGreaterThan(5_000);
  const isRight = ({ icao, name, latitudeDeg, longitudeDeg }: (typeof airfields)[number]) =>
    /^[A-Z0-9]{3,4}$/.test(icao) && name !== "" && Math.abs(latitudeDeg) <= 90 && Math.abs(longitudeDeg) <= 180;
  expect(airfields.filter((airfield) => !isRight(airfield))).toEqual([]);
  const heathrow = airfields.find(({ icao }) => icao === "EGLL");
  expect(heathrow).toMatchObject({ iata: "LHR", city: "London", country: "GB", elevationFt: 83 });
  expect(heathrow?.runways.map(({ name }) => name)).toEqual(["09L/27R", "09R/27L"]);
});

test("the ends of nearly all runways are as far apart as the runway is long", () => {
  const runways = airfields.flatMap(({ runways }) => runways).filter(({ ends }) => ends !== null);
  expect(runways.length).toBeGreaterThan(5_000);
  const isRight = ({ ends, lengthM }: (typeof runways)[number]) =>
    ends !== null && Math.abs(distanceM(ends[0], ends[1]) - lengthM) < 0.15 * lengthM + 100;
  expect(runways.filter((runway) => !isRight(runway)).length).toBeLessThan(0.06 * runways.length);
});
