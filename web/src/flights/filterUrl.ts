// Filters as part of the page's address, so that a view can be shared and survives a reload. Pure. Parameters that are
// not filters are kept; invalid and oversized values are ignored.
import { ADDRESS_TYPES, CATEGORIES, STATUSES } from "@flighttracker/client";
import { type Filters, limitedText, NO_FILTERS, PLACES, type WhereFilter } from "./filters";

const MAX_SPEED_KT = 2_000;
const MIN_ALTITUDE_FT = -2_000;
const MAX_ALTITUDE_FT = 100_000;
const MOST_NAMES = 50;
const PARAMETERS = [
  ...["country", "operator", "type", "airport", "route", "category", "address_type", "status", "where", "emergencies"],
  ...["min_speed_kt", "max_speed_kt", "min_altitude_ft", "max_altitude_ft", "q"],
] as const;

export function filtersFromQuery(query: string): Filters {
  const parameters = new URLSearchParams(query);
  const names = (name: string) =>
    [...new Set(parameters.getAll(name))].filter((text) => text !== "").slice(0, MOST_NAMES);
  const where = parameters.get("where") as WhereFilter;
  return {
    countries: names("country"),
    operators: names("operator"),
    types: names("type"),
    airports: codesOf(names("airport"), /^[A-Z0-9]{4}$/),
    routes: codesOf(names("route"), /^[A-Z0-9]{4}-[A-Z0-9]{4}$/),
    categories: wordsOf(names("category"), CATEGORIES),
    addressTypes: wordsOf(names("address_type"), ADDRESS_TYPES),
    statuses: wordsOf(names("status"), STATUSES),
    where: PLACES.includes(where) ? where : NO_FILTERS.where,
    emergenciesOnly: parameters.get("emergencies") === "only",
    minSpeedKt: numberOf(parameters.get("min_speed_kt"), 0, MAX_SPEED_KT),
    maxSpeedKt: numberOf(parameters.get("max_speed_kt"), 0, MAX_SPEED_KT),
    minAltitudeFt: numberOf(parameters.get("min_altitude_ft"), MIN_ALTITUDE_FT, MAX_ALTITUDE_FT),
    maxAltitudeFt: numberOf(parameters.get("max_altitude_ft"), MIN_ALTITUDE_FT, MAX_ALTITUDE_FT),
    text: limitedText(parameters.get("q") ?? NO_FILTERS.text).text,
  };
}

/** The query with the filters in it; empty, or beginning with a question mark. */
export function queryWithFilters(query: string, filters: Filters): string {
  const parameters = new URLSearchParams(query);
  for (const name of PARAMETERS) parameters.delete(name);
  const lists = {
    country: filters.countries,
    operator: filters.operators,
    type: filters.types,
    airport: filters.airports,
    route: filters.routes,
    category: filters.categories,
    address_type: filters.addressTypes,
    status: filters.statuses,
  };
  for (const [name, values] of Object.entries(lists)) for (const value of values) parameters.append(name, value);
  if (filters.where !== "anywhere") parameters.set("where", filters.where);
  if (filters.emergenciesOnly) parameters.set("emergencies", "only");
  const bounds = {
    min_speed_kt: filters.minSpeedKt,
    max_speed_kt: filters.maxSpeedKt,
    min_altitude_ft: filters.minAltitudeFt,
    max_altitude_ft: filters.maxAltitudeFt,
  };
  for (const [name, value] of Object.entries(bounds))
    if (value !== null) parameters.set(name, String(Math.round(value)));
  if (filters.text.trim() !== "") parameters.set("q", filters.text.trim());
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}

function codesOf(given: readonly string[], form: RegExp): string[] {
  return [...new Set(given.map((code) => code.toUpperCase()))].filter((code) => form.test(code));
}

function wordsOf<T extends string>(given: readonly string[], words: readonly T[]): T[] {
  return given.filter((word): word is T => (words as readonly string[]).includes(word));
}

function numberOf(text: string | null, least: number, most: number): number | null {
  if (text === null || text.trim() === "") return null;
  const number = Number(text);
  return Number.isFinite(number) && number >= least && number <= most ? Math.round(number) : null;
}
