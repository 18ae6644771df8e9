// Which aircraft are shown: country, operator, type, airport, route, category, address type, status, air or ground, speed, altitude and text, all of which must match.
// Pure; rowTest.ts compares aircraft with them.
import type { AddressType, Category, Status } from "@flighttracker/client";

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

/** Whether the filters compare names of aircraft. */
export function hasNameFilters({ countries, operators, types, airports, routes, text }: Filters): boolean {
  return [countries, operators, types, airports, routes].some(({ length }) => length > 0) || text.trim() !== "";
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
