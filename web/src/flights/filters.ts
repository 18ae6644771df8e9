// Which aircraft are shown: country, status, speed and text, all of which must fit. Pure; the worker asks for each row
// that changed, and for every row when the filters change.
import { COLUMN, COLUMN_COUNT, NAME_COLUMN_COUNT, NAME_COLUMNS, STATUS_MASK, STATUSES, type Status } from "./columns";
import type { FlightRows } from "./flightRows";

export interface Filters {
  /** Names of countries as the data says them; none means all. */
  readonly countries: readonly string[];
  readonly statuses: readonly Status[];
  /** Knots, inclusive; null means no bound. An unknown speed fits only when there is no bound. */
  readonly minSpeedKt: number | null;
  readonly maxSpeedKt: number | null;
  /** Part of a callsign, address or registration, in any case. */
  readonly text: string;
}

export const NO_FILTERS: Filters = { countries: [], statuses: [], minSpeedKt: null, maxSpeedKt: null, text: "" };

export function hasFilters(filters: Filters): boolean {
  return (
    filters.countries.length > 0 ||
    filters.statuses.length > 0 ||
    filters.minSpeedKt !== null ||
    filters.maxSpeedKt !== null ||
    filters.text.trim() !== ""
  );
}

export type RowTest = (row: number) => boolean;

/** A test for rows of `rows`; call again when the filters or the rows' names changed. */
export function rowTest(filters: Filters, rows: FlightRows): RowTest {
  const countries = new Set(filters.countries.map((name) => rows.names.indexOf(name)));
  const statuses = new Set(filters.statuses.map((status) => STATUSES.indexOf(status)));
  const minSpeedKt = filters.minSpeedKt ?? Number.NEGATIVE_INFINITY;
  const maxSpeedKt = filters.maxSpeedKt ?? Number.POSITIVE_INFINITY;
  const hasSpeed = filters.minSpeedKt !== null || filters.maxSpeedKt !== null;
  const text = filters.text.trim().toUpperCase();
  const countryColumn = NAME_COLUMNS.indexOf("originCountry");
  return (row) => {
    const at = row * COLUMN_COUNT;
    if (countries.size > 0 && !countries.has(rows.nameNumbers[row * NAME_COLUMN_COUNT + countryColumn] as number)) {
      return false;
    }
    if (statuses.size > 0) {
      const number = (rows.dynamic[at + COLUMN.status] as number) & STATUS_MASK;
      if (!statuses.has(number < STATUSES.length ? number : 0)) return false;
    }
    if (hasSpeed) {
      const speedKt = rows.groundSpeedKt(row);
      if (speedKt === null || speedKt < minSpeedKt || speedKt > maxSpeedKt) return false;
    }
    return text === "" || hasText(rows, row, text);
  };
}

function hasText(rows: FlightRows, row: number, text: string): boolean {
  return (
    rows.textOf(row, "callsign").toUpperCase().includes(text) ||
    rows.textOf(row, "registration").toUpperCase().includes(text) ||
    rows.icao24Text(row).toUpperCase().includes(text)
  );
}
