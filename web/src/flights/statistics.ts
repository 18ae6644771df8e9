// Counts over all aircraft and over those that pass the filters, once a second in the worker (about 1 ms for 20,000).
import {
  ADDRESS_TYPES,
  type AddressType,
  CATEGORIES,
  type Category,
  COLUMN,
  COLUMN_COUNT,
  isNotAircraft,
  KIND_COUNT,
  NAME_COLUMN_COUNT,
  NAME_COLUMNS,
  ON_GROUND_BIT,
  STATUS_MASK,
  STATUSES,
  type Status,
} from "@flighttracker/client";
import { airlineCode, airlineKey, codeKey } from "./codeKey";
import { type Filters, NO_FILTERS } from "./filters";
import type { FlightRows } from "./flightRows";
import type { RowTest, rowTest } from "./rowTest";

export const ALTITUDE_STEP_FT = 5_000;
export const ALTITUDE_BINS = 10;
export const SPEED_STEP_KT = 50;
export const SPEED_BINS = 12;

/** Most countries, airlines, types and airports listed by frequency. */
const MOST_FREQUENT = 50;
const COUNTRY = NAME_COLUMNS.indexOf("originCountry");
const OPERATOR = NAME_COLUMNS.indexOf("operator");

export interface NamedCount {
  readonly name: string;
  readonly count: number;
}

export interface AirportCount {
  /** ICAO code. */
  readonly code: string;
  /** Aircraft in the air to it, and from it. */
  readonly inbound: number;
  readonly outbound: number;
}

export interface KindCount<T> {
  readonly kind: T;
  readonly count: number;
}

/** Counts of aircraft; surface vehicles and obstacles are only in those that say so. */
export interface Statistics {
  readonly total: number;
  /** Those that pass the filters. Everything below counts only these. */
  readonly shown: number;
  /** Surface vehicles and obstacles, and those of them that pass the filters. */
  readonly vehicles: number;
  readonly shownVehicles: number;
  readonly airborne: number;
  readonly onGround: number;
  readonly emergencies: number;
  readonly byStatus: readonly { readonly status: Status; readonly count: number }[];
  /** Most frequent first. */
  readonly byCountry: readonly NamedCount[];
  /** By the ICAO code of the airline in the callsign. */
  readonly byAirline: readonly NamedCount[];
  readonly byType: readonly NamedCount[];
  /** Those with most flights in the air to and from them first. */
  readonly byAirport: readonly AirportCount[];
  readonly byCategory: readonly KindCount<Category>[];
  readonly byAddressType: readonly KindCount<AddressType>[];
  /**
   * Every country, operator and type of any aircraft, by name: what a person can choose from. Counts those that pass the other
   * filters, so that a choice shows what it would bring.
   */
  readonly countries: readonly NamedCount[];
  readonly operators: readonly NamedCount[];
  readonly types: readonly NamedCount[];
  /** Kinds of everything there is, vehicles too, in the order of the schema: what a person can choose from. */
  readonly categories: readonly KindCount<Category>[];
  readonly addressTypes: readonly KindCount<AddressType>[];
  /** Kinds of everything that passes the filters. */
  readonly shownCategories: readonly Category[];
  /** Airborne aircraft by altitude; the last bin has all above. */
  readonly altitudeBins: readonly number[];
  readonly speedBins: readonly number[];
}

/**
 * @param filters those that `rows.shown` is for.
 * @param testOf makes a test of filters; null while it is not loaded.
 */
export function countRows(
  rows: FlightRows,
  filters: Filters = NO_FILTERS,
  testOf: typeof rowTest | null = null,
): Statistics {
  const passesOthers = (own: "countries" | "operators" | "types") =>
    filters[own].length === 0 ? null : (testOf?.({ ...filters, [own]: [] }, rows) ?? null);
  const statuses = new Array<number>(STATUSES.length).fill(0);
  const altitudeBins = new Array<number>(ALTITUDE_BINS).fill(0);
  const speedBins = new Array<number>(SPEED_BINS).fill(0);
  const countries = new Tally(passesOthers("countries"));
  const operators = new Tally(passesOthers("operators"));
  const types = new Tally(passesOthers("types"));
  const airlines = new Tally();
  const destinations = new Tally();
  const origins = new Tally();
  const categories = new Array<number>(CATEGORIES.length).fill(0);
  const shownCategories = new Array<number>(CATEGORIES.length).fill(0);
  const addressTypes = new Array<number>(ADDRESS_TYPES.length).fill(0);
  const byCategory = new Array<number>(CATEGORIES.length).fill(0);
  const byAddressType = new Array<number>(ADDRESS_TYPES.length).fill(0);
  let vehicles = 0;
  let shownVehicles = 0;
  let total = 0;
  let shown = 0;
  let onGround = 0;
  let emergencies = 0;
  for (let row = 0; row < rows.rowCount; row++) {
    if (rows.present[row] !== 1) continue;
    const isShown = rows.shown[row] === 1;
    const category = rows.kinds[row * KIND_COUNT] as number;
    countNumber(categories, category);
    const addressType = rows.kinds[row * KIND_COUNT + 1] as number;
    countNumber(addressTypes, addressType);
    if (isShown) countNumber(shownCategories, category);
    if (isNotAircraft(category)) {
      vehicles++;
      if (isShown) shownVehicles++;
      continue;
    }
    total++;
    const names = row * NAME_COLUMN_COUNT;
    countries.count(rows.nameNumbers[names + COUNTRY] as number, isShown, row);
    operators.count(rows.nameNumbers[names + OPERATOR] as number, isShown, row);
    types.count(codeKey(rows, row, "aircraftType"), isShown, row);
    if (!isShown) continue;
    shown++;
    countNumber(byCategory, category);
    countNumber(byAddressType, addressType);
    airlines.count(airlineKey(rows, row), true, row);
    const status = rows.dynamic[row * COLUMN_COUNT + COLUMN.status] as number;
    const number = (status & STATUS_MASK) < STATUSES.length ? status & STATUS_MASK : 0;
    statuses[number] = (statuses[number] as number) + 1;
    if (rows.isEmergency(row)) emergencies++;
    if ((status & ON_GROUND_BIT) !== 0) onGround++;
    else {
      destinations.count(codeKey(rows, row, "destination"), true, row);
      origins.count(codeKey(rows, row, "origin"), true, row);
      countInBin(altitudeBins, rows.altitudeFt(row), ALTITUDE_STEP_FT);
      countInBin(speedBins, rows.groundSpeedKt(row), SPEED_STEP_KT);
    }
  }
  return {
    total,
    shown,
    vehicles,
    shownVehicles,
    airborne: shown - onGround,
    onGround,
    emergencies,
    byStatus: STATUSES.map((status, i) => ({ status, count: statuses[i] as number })),
    byCountry: countries.mostFrequent((row) => rows.nameOf(row, "originCountry")),
    byAirline: airlines.mostFrequent((row) => airlineCode(rows, row)),
    byType: types.mostFrequent((row) => rows.textOf(row, "aircraftType")),
    byAirport: busiest(
      destinations.byName((row) => rows.textOf(row, "destination")),
      origins.byName((row) => rows.textOf(row, "origin")),
    ),
    byCategory: mostFirst(kindCounts(CATEGORIES, byCategory)),
    byAddressType: mostFirst(kindCounts(ADDRESS_TYPES, byAddressType)),
    countries: countries.byName((row) => rows.nameOf(row, "originCountry")),
    operators: operators.byName((row) => rows.nameOf(row, "operator")),
    types: types.byName((row) => rows.textOf(row, "aircraftType")),
    categories: kindCounts(CATEGORIES, categories),
    addressTypes: kindCounts(ADDRESS_TYPES, addressTypes),
    shownCategories: kindCounts(CATEGORIES, shownCategories).map(({ kind }) => kind),
    altitudeBins,
    speedBins,
  };
}

function busiest(inbound: readonly NamedCount[], outbound: readonly NamedCount[]): AirportCount[] {
  const counts = new Map(inbound.map(({ name, count }) => [name, { code: name, inbound: count, outbound: 0 }]));
  for (const { name, count } of outbound) {
    counts.set(name, { code: name, inbound: counts.get(name)?.inbound ?? 0, outbound: count });
  }
  return [...counts.values()]
    .sort((a, b) => b.inbound + b.outbound - a.inbound - a.outbound || (a.code < b.code ? -1 : 1))
    .slice(0, MOST_FREQUENT);
}

/** Numbers of a newer gateway count as 0, which is unknown. */
function countNumber(counts: number[], number: number): void {
  const known = number < counts.length ? number : 0;
  counts[known] = (counts[known] as number) + 1;
}

function kindCounts<T>(words: readonly T[], counts: readonly number[]): KindCount<T>[] {
  return words.map((kind, number) => ({ kind, count: counts[number] as number })).filter(({ count }) => count > 0);
}

function mostFirst<T>(counts: readonly KindCount<T>[]): KindCount<T>[] {
  return counts.toSorted((a, b) => b.count - a.count);
}

function countInBin(bins: number[], value: number | null, step: number): void {
  if (value === null) return;
  const bin = Math.max(0, Math.min(bins.length - 1, Math.floor(value / step)));
  bins[bin] = (bins[bin] as number) + 1;
}

interface Tallied {
  offered: number;
  shown: number;
  /** A row that has it, to learn its name from. */
  readonly row: number;
}

/** Counts by a number that stands for a name; the name is looked up once for each, not for each row. */
class Tally {
  private readonly counts = new Map<number, Tallied>();

  /** @param passesOthers whether a row passes all other filters; null if it is shown exactly then. */
  constructor(private readonly passesOthers: RowTest | null = null) {}

  count(key: number, isShown: boolean, row: number): void {
    let tallied = this.counts.get(key);
    if (tallied === undefined) {
      tallied = { offered: 0, shown: 0, row };
      this.counts.set(key, tallied);
    }
    if (isShown) tallied.shown++;
    if (isShown || this.passesOthers?.(row)) tallied.offered++;
  }

  mostFrequent(nameOf: (row: number) => string): NamedCount[] {
    return this.named(nameOf, "shown")
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
      .slice(0, MOST_FREQUENT);
  }

  byName(nameOf: (row: number) => string): NamedCount[] {
    return this.named(nameOf, "offered").sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private named(nameOf: (row: number) => string, what: "offered" | "shown"): NamedCount[] {
    const found: NamedCount[] = [];
    for (const tallied of this.counts.values()) {
      const name = nameOf(tallied.row);
      if (name !== "") found.push({ name, count: tallied[what] });
    }
    return found;
  }
}
