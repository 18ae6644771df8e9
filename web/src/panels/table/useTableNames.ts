// Names behind the codes that the table shows. Their files load when a column or a grouping needs them.
"use client";

import { useMemo } from "react";
import type { SortColumn } from "@/flights/sortColumns";
import { codeOf, loadAirports } from "@/map/airports";
import { loadAirportCities } from "../card/airportCities";
import { shortAirportName } from "../card/routeProgress";
import { loadTypeNames } from "../card/typeNames";
import { loadAirlines } from "../search/airlines";
import { useFile } from "../useFile";
import { type Flags, loadFlags } from "./flags";

type Names = ReadonlyMap<string, string>;

export interface TableNames {
  /** By type designator. */
  readonly types: Names;
  /** By the ICAO code of the airline. */
  readonly airlines: Names;
  /** By the ICAO code of the airport: `LHR London`. */
  readonly airports: Names;
  /** By the ICAO code of the airport: `LHR`. */
  readonly airportCodes: Names;
  /** By the name of the country, addresses of pictures. */
  readonly flags: Flags;
}

const NO_NAMES: Names = new Map();

export function useTableNames(shows: (column: SortColumn) => boolean): TableNames {
  const hasCities = shows("origin") || shows("destination");
  const types = useFile(shows("typeName") ? loadTypeNames : null, "the names of types") ?? NO_NAMES;
  const airlines = useFile(shows("airline") ? loadAirlines : null, "the names of airlines");
  const airports = useFile(hasCities || shows("route") ? loadAirports : null, "the names of airports");
  const cities = useFile(hasCities ? loadAirportCities : null, "the cities of airports");
  const flags = useFile(shows("originCountry") ? loadFlags : null, "the flags of countries") ?? NO_NAMES;
  return useMemo(
    () => ({
      types,
      flags,
      airlines: new Map(airlines?.map(({ icao, name }) => [icao, name])),
      airports: new Map(
        airports?.map((airport) => [
          airport.icao,
          `${codeOf(airport)} ${cities?.get(airport.icao)?.city || shortAirportName(airport.name)}`,
        ]),
      ),
      airportCodes: new Map(airports?.map((airport) => [airport.icao, codeOf(airport)])),
    }),
    [types, flags, airlines, airports, cities],
  );
}

/** The place of each code in the alphabet of names. */
export function ranksOf(names: Names): ReadonlyMap<string, number> {
  const sorted = [...names].map(([code, name]) => ({ code, key: name.toLowerCase() }));
  sorted.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return new Map(sorted.map(({ code }, rank) => [code, rank]));
}
