// The order of the table: rows that are shown, sorted by one column, on request those in the air before those on the ground.
// Unknown values come last in both directions.
// Runs in the worker, about 20 ms for 20,000 rows, at most once a second and only while the table is open.
import { ADDRESS_TYPES, CATEGORIES, STATUSES } from "@flighttracker/client";
import { airlineCode } from "./codeKey";
import type { FlightRows } from "./flightRows";
import { bearingDeg, distanceM, type LatLon } from "./greatCircle";
import { INSTANCE, INSTANCE_FLOATS } from "./instance";
import type { SortColumn, SortOrder } from "./sortColumns";

/** What an order needs to know besides the rows. */
export interface SortBasis {
  readonly isAirborneFirst: boolean;
  /** Where distances and bearings count from; null: they are unknown. */
  readonly from: LatLon | null;
  /** The place of each code's name in the alphabet, for a column of names; null: codes are sorted. */
  readonly ranks: ReadonlyMap<string, number> | null;
}

export const PLAIN_BASIS: SortBasis = { isAirborneFirst: false, from: null, ranks: null };

type Key = number | string | null;

/** Numbers of the rows that are shown, in order. */
export function sortedRows(rows: FlightRows, order: SortOrder, basis = PLAIN_BASIS): Uint32Array<ArrayBuffer> {
  const keyOf = SORT_KEYS[order.column];
  const keys: Key[] = [];
  const shown: number[] = [];
  const below = new Uint8Array(rows.rowCount);
  for (let row = 0; row < rows.rowCount; row++) {
    if (rows.shown[row] !== 1) continue;
    shown.push(row);
    const key = keyOf(rows, row, basis);
    keys[row] = key === "" ? null : key;
    if (basis.isAirborneFirst && rows.isOnGround(row)) below[row] = 1;
  }
  const sign = order.direction === "ascending" ? 1 : -1;
  shown.sort((a, b) => {
    if (below[a] !== below[b]) return (below[a] as number) - (below[b] as number);
    const keyA = keys[a] as Key;
    const keyB = keys[b] as Key;
    if (keyA === keyB) return a - b;
    if (keyA === null) return 1;
    if (keyB === null) return -1;
    return keyA < keyB ? -sign : sign;
  });
  return Uint32Array.from(shown);
}

/** The value of each column, in the unit of the data: an empty text or null where it is unknown. */
export const COLUMN_VALUES: Readonly<Record<SortColumn, (rows: FlightRows, row: number, basis: SortBasis) => Key>> = {
  callsign: (rows, row) => rows.textOf(row, "callsign"),
  icao24: (rows, row) => rows.icao24Text(row),
  registration: (rows, row) => rows.textOf(row, "registration"),
  aircraftType: (rows, row) => rows.textOf(row, "aircraftType"),
  originCountry: (rows, row) => rows.nameOf(row, "originCountry"),
  operator: (rows, row) => rows.nameOf(row, "operator"),
  route: (rows, row) => routeOf(rows.textOf(row, "origin"), rows.textOf(row, "destination")),
  altitude: (rows, row) => rows.altitudeFt(row),
  speed: (rows, row) => rows.groundSpeedKt(row),
  track: (rows, row) => toTenths(rows.trackDeg(row)),
  verticalRate: (rows, row) => rows.verticalRateFpm(row),
  status: (rows, row) => rows.status(row),
  category: (rows, row) => known(rows.category(row)),
  addressType: (rows, row) => known(rows.addressType(row)),
  typeName: (rows, row) => rows.textOf(row, "aircraftType"),
  airline: (rows, row) => airlineCode(rows, row),
  origin: (rows, row) => rows.textOf(row, "origin"),
  destination: (rows, row) => rows.textOf(row, "destination"),
  distance: (rows, row, { from }) => (from === null ? null : Math.round(distanceM(from, placeOf(rows, row)))),
  bearing: (rows, row, { from }) => (from === null ? null : toTenths(bearingDeg(from, placeOf(rows, row)))),
  squawk: (rows, row) => rows.squawk(row),
  age: (rows, row) => -(rows.instances[row * INSTANCE_FLOATS + INSTANCE.positionTime] as number),
  source: (rows, row) => rows.nameOf(row, "source"),
};

function placeOf(rows: FlightRows, row: number): LatLon {
  return { latitudeDeg: rows.latitudeDeg(row), longitudeDeg: rows.longitudeDeg(row) };
}

/** Sort codes by their names, those without a name last. */
const byName =
  (column: "typeName" | "airline" | "origin" | "destination"): (typeof COLUMN_VALUES)[SortColumn] =>
  (rows, row, basis) => {
    const code = COLUMN_VALUES[column](rows, row, basis);
    return basis.ranks === null || typeof code !== "string" ? code : (basis.ranks.get(code) ?? null);
  };

/** What rows are sorted by, where that is not the value: altitudes of the ground, a route without its unknown ends, statuses and kinds in the order of the schema. */
const SORT_KEYS: typeof COLUMN_VALUES = {
  ...COLUMN_VALUES,
  icao24: (rows, row) => rows.icao24[row] as number,
  // Below all that fly: what they report is the elevation of the field.
  altitude: (rows, row) => (rows.isOnGround(row) ? Number.NEGATIVE_INFINITY : rows.altitudeFt(row)),
  route: (rows, row) => rows.textOf(row, "origin") + rows.textOf(row, "destination"),
  status: (rows, row) => STATUSES.indexOf(rows.status(row)),
  category: (rows, row) => CATEGORIES.indexOf(rows.category(row)) || null,
  addressType: (rows, row) => ADDRESS_TYPES.indexOf(rows.addressType(row)) || null,
  typeName: byName("typeName"),
  airline: byName("airline"),
  origin: byName("origin"),
  destination: byName("destination"),
};

function known(word: string): string {
  return word === "unknown" ? "" : word;
}

function routeOf(origin: string, destination: string): string {
  return origin === "" && destination === "" ? "" : `${origin || "?"} → ${destination || "?"}`;
}

function toTenths(value: number | null): number | null {
  return value === null ? null : Math.round(10 * value) / 10;
}
