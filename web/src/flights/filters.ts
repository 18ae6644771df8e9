// Which aircraft are shown: country, operator, type, airport, route, category, address type, status, air or ground, speed, altitude and text, all of which must match.
// Pure; the worker tests each changed row, and every row when the filters change.
import {
  ADDRESS_TYPES,
  type AddressType,
  CATEGORIES,
  type Category,
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
import type { FlightRows } from "./flightRows";

export const PLACES = ["anywhere", "airborne", "ground"] as const;
export type WhereFilter = (typeof PLACES)[number];

export interface Filters {
  /** Country names, in any case; none means all. */
  readonly countries: readonly string[];
  readonly operators: readonly string[];
  /** ICAO type designators. */
  readonly types: readonly string[];
  /** ICAO codes in capitals, of the origin or the destination. */
  readonly airports: readonly string[];
  /** `EGLL-KJFK`: the ICAO codes of origin and destination, in capitals. */
  readonly routes: readonly string[];
  readonly categories: readonly Category[];
  readonly addressTypes: readonly AddressType[];
  readonly statuses: readonly Status[];
  readonly where: WhereFilter;
  /** Only aircraft that declare an emergency, by status or squawk. */
  readonly emergenciesOnly: boolean;
  /** Knots, inclusive; null means no bound. An unknown speed fits only when there is no bound. */
  readonly minSpeedKt: number | null;
  readonly maxSpeedKt: number | null;
  /** Feet, as speeds. */
  readonly minAltitudeFt: number | null;
  readonly maxAltitudeFt: number | null;
  /** Parts of a callsign, address or registration in any case, with commas between alternatives. */
  readonly text: string;
}

export const NO_FILTERS: Filters = {
  countries: [],
  operators: [],
  types: [],
  airports: [],
  routes: [],
  categories: [],
  addressTypes: [],
  statuses: [],
  where: "anywhere",
  emergenciesOnly: false,
  minSpeedKt: null,
  maxSpeedKt: null,
  minAltitudeFt: null,
  maxAltitudeFt: null,
  text: "",
};

/** Most search terms, in case a whole file is pasted. */
export const MOST_TERMS = 100;
const LONGEST_TERM = 32;
const BOUNDS = ["minSpeedKt", "maxSpeedKt", "minAltitudeFt", "maxAltitudeFt"] as const;

/** How many filters are set. */
export function countFilters(filters: Filters): number {
  const { countries, operators, types, airports, routes, categories, addressTypes, statuses } = filters;
  return (
    countries.length +
    operators.length +
    types.length +
    airports.length +
    routes.length +
    categories.length +
    addressTypes.length +
    statuses.length +
    BOUNDS.filter((name) => filters[name] !== null).length +
    [filters.where !== "anywhere", filters.emergenciesOnly, filters.text.trim() !== ""].filter(Boolean).length
  );
}

export function hasFilters(filters: Filters): boolean {
  return countFilters(filters) > 0;
}

/** What the text searches for: alternatives, in upper case, without the spaces that people put into callsigns. */
export function termsOf(text: string): string[] {
  const terms = text
    .split(/[,;\n\r\t]+/)
    .map((term) => term.replaceAll(/\s+/g, "").slice(0, LONGEST_TERM).toUpperCase());
  return [...new Set(terms)].filter((term) => term !== "");
}

/** A text of at most MOST_TERMS alternatives, and how many it had. Texts that fit stay as they were typed. */
export function limitedText(text: string): { readonly text: string; readonly given: number } {
  const oneLine = text.replaceAll(/[\n\r\t;]+/g, ", ");
  const given = termsOf(oneLine).length;
  if (given <= MOST_TERMS && oneLine.length <= MOST_TERMS * LONGEST_TERM) return { text: oneLine, given };
  return { text: termsOf(oneLine).slice(0, MOST_TERMS).join(", "), given };
}

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
