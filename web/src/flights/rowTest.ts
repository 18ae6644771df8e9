// Which rows pass the filters. Pure; the worker tests each changed row, and every row when the filters change.
import {
  ADDRESS_TYPES,
  CATEGORIES,
  COLUMN,
  COLUMN_COUNT,
  KIND_COUNT,
  NAME_COLUMN_COUNT,
  NAME_COLUMNS,
  ON_GROUND_BIT,
  STATUS_MASK,
  STATUSES,
  type Status,
} from "@flighttracker/client";
import { codeKey, codeKeyOf } from "./codeKey";
import { type Filters, MOST_TERMS, termsOf, type WhereFilter } from "./filters";
import type { FlightRows } from "./flightRows";

export type RowTest = (row: number) => boolean;

/** A test for rows of `rows`; call again when the filters or the rows' names changed. */
export function rowTest(filters: Filters, rows: FlightRows): RowTest {
  const tests = [
    nameTest(filters.countries, "originCountry", rows),
    nameTest(filters.operators, "operator", rows),
    typeTest(filters.types, rows),
    airportTest(filters.airports, rows),
    routeTest(filters.routes, rows),
    kindTest(filters.categories, CATEGORIES, 0, rows),
    kindTest(filters.addressTypes, ADDRESS_TYPES, 1, rows),
    statusTest(filters.statuses, rows),
    whereTest(filters.where, rows),
    filters.emergenciesOnly ? (row: number) => rows.isEmergency(row) : null,
    rangeTest(filters.minSpeedKt, filters.maxSpeedKt, (row) => rows.groundSpeedKt(row)),
    rangeTest(filters.minAltitudeFt, filters.maxAltitudeFt, (row) => rows.altitudeFt(row)),
    textTest(termsOf(filters.text).slice(0, MOST_TERMS), rows),
  ].filter((test) => test !== null);
  return (row) => {
    for (const test of tests) if (!test(row)) return false;
    return true;
  };
}

function nameTest(wanted: readonly string[], name: (typeof NAME_COLUMNS)[number], rows: FlightRows): RowTest | null {
  if (wanted.length === 0) return null;
  const names = new Set(wanted.map((text) => text.toLowerCase()));
  const numbers = new Set<number>();
  rows.names.forEach((text, number) => {
    if (names.has(text.toLowerCase())) numbers.add(number);
  });
  const column = NAME_COLUMNS.indexOf(name);
  return (row) => numbers.has(rows.nameNumbers[row * NAME_COLUMN_COUNT + column] as number);
}

function typeTest(types: readonly string[], rows: FlightRows): RowTest | null {
  if (types.length === 0) return null;
  const keys = new Set(types.flatMap((type) => [codeKeyOf(type), codeKeyOf(type.toUpperCase())]));
  return (row) => keys.has(codeKey(rows, row, "aircraftType"));
}

function airportTest(airports: readonly string[], rows: FlightRows): RowTest | null {
  if (airports.length === 0) return null;
  const keys = new Set(airports.map(codeKeyOf));
  return (row) => keys.has(codeKey(rows, row, "origin")) || keys.has(codeKey(rows, row, "destination"));
}

function routeTest(routes: readonly string[], rows: FlightRows): RowTest | null {
  if (routes.length === 0) return null;
  const ends = routes.map((route) => route.split("-").map(codeKeyOf));
  return (row) => {
    const origin = codeKey(rows, row, "origin");
    const destination = codeKey(rows, row, "destination");
    return ends.some(([from, to]) => from === origin && to === destination);
  };
}

function kindTest<T>(wanted: readonly T[], words: readonly T[], kind: number, { kinds }: FlightRows): RowTest | null {
  if (wanted.length === 0) return null;
  const numbers = new Set(wanted.map((word) => words.indexOf(word)));
  return (row) => {
    const number = kinds[row * KIND_COUNT + kind] as number;
    return numbers.has(number < words.length ? number : 0);
  };
}

function statusTest(statuses: readonly Status[], { dynamic }: FlightRows): RowTest | null {
  if (statuses.length === 0) return null;
  const numbers = new Set(statuses.map((status) => STATUSES.indexOf(status)));
  return (row) => {
    const number = (dynamic[row * COLUMN_COUNT + COLUMN.status] as number) & STATUS_MASK;
    return numbers.has(number < STATUSES.length ? number : 0);
  };
}

function whereTest(where: WhereFilter, { dynamic }: FlightRows): RowTest | null {
  if (where === "anywhere") return null;
  const wanted = where === "ground" ? ON_GROUND_BIT : 0;
  return (row) => ((dynamic[row * COLUMN_COUNT + COLUMN.status] as number) & ON_GROUND_BIT) === wanted;
}

function rangeTest(min: number | null, max: number | null, read: (row: number) => number | null): RowTest | null {
  if (min === null && max === null) return null;
  const from = min ?? Number.NEGATIVE_INFINITY;
  const to = max ?? Number.POSITIVE_INFINITY;
  return (row) => {
    const value = read(row);
    return value !== null && value >= from && value <= to;
  };
}

function textTest(terms: readonly string[], rows: FlightRows): RowTest | null {
  if (terms.length === 0) return null;
  // One pass over a row's texts, however many alternatives there are.
  const pattern = new RegExp(terms.map((term) => term.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "i");
  return (row) =>
    pattern.test(`${rows.textOf(row, "callsign")}\n${rows.textOf(row, "registration")}\n${rows.icao24Text(row)}`);
}
