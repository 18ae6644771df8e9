// The page filters as the HTTP API does: `filter_vectors.json`, which tests/contract/test_filter_vectors.py reads, too.
import { readFileSync } from "node:fs";
import type { AddressType, Category, Status } from "@flighttracker/client";
import { describe, expect, test } from "vitest";
import { NO_FILTERS } from "./filters";
import { filtersFromQuery } from "./filterUrl";
import { rowTest } from "./rowTest";
import { rowsWith } from "./testRows";

interface VectorFlight {
  readonly icao24: string;
  readonly callsign: string;
  readonly registration: string;
  readonly aircraft_type: string;
  readonly operator: string;
  readonly country: string;
  readonly category: Category;
  readonly address_type: AddressType;
  readonly status: Status;
  readonly on_ground: boolean;
  readonly altitude_ft: number | null;
  readonly speed_kt: number | null;
  readonly squawk: string;
}

const path = new URL("../../../schemas/flighttracker_schemas/filter_vectors.json", import.meta.url);
const vectors = JSON.parse(readFileSync(path, "utf8")) as {
  readonly flights: readonly VectorFlight[];
  readonly cases: readonly { readonly name: string; readonly query: string; readonly finds: readonly string[] }[];
  readonly invalid: readonly { readonly query: string }[];
};
const rows = rowsWith(
  vectors.flights.map((flight) => ({
    ...flight,
    icao24: Number.parseInt(flight.icao24, 16),
    aircraftType: flight.aircraft_type,
    addressType: flight.address_type,
    isOnGround: flight.on_ground,
    ...(flight.altitude_ft !== null && { altitudeFt: flight.altitude_ft }),
    ...(flight.speed_kt !== null && { speedKt: flight.speed_kt }),
  })),
);

describe("the page and the HTTP API have one grammar of filters", () => {
  test.each(vectors.cases)("$name", ({ query, finds }) => {
    const test = rowTest(filtersFromQuery(`?${query}`), rows);
    expect(vectors.flights.filter((_, row) => test(row)).map(({ icao24 }) => icao24)).toEqual(finds);
  });
  test.each(vectors.invalid)("$query does not filter", ({ query }) => {
    expect(filtersFromQuery(`?${query}`)).toEqual(NO_FILTERS);
  });
});
