// The columns of the table: widths, alignment, and what a cell says. In the order in which they are worth their place when
// the table is narrow.
import type { FlightRows } from "@/flights/flightRows";
import type { SortColumn } from "@/flights/sortOrder";
import type { Texts } from "@/texts/en";
import type { Formats } from "@/texts/formats";

export interface FlightColumn {
  readonly name: SortColumn;
  readonly widthPx: number;
  readonly isNumber: boolean;
  cell(rows: FlightRows, row: number, formats: Formats, texts: Texts): string;
  /** The same for a file, in the units of the data. */
  file(rows: FlightRows, row: number): number | string | null;
}

export const FLIGHT_COLUMNS: readonly FlightColumn[] = [
  {
    name: "callsign",
    widthPx: 94,
    isNumber: false,
    cell: (rows, row) => rows.textOf(row, "callsign"),
    file: (rows, row) => rows.textOf(row, "callsign"),
  },
  {
    name: "aircraftType",
    widthPx: 72,
    isNumber: false,
    cell: (rows, row) => rows.textOf(row, "aircraftType"),
    file: (rows, row) => rows.textOf(row, "aircraftType"),
  },
  {
    name: "altitude",
    widthPx: 92,
    isNumber: true,
    cell: (rows, row, formats) => formats.altitude(rows.altitudeFt(row)),
    file: (rows, row) => rows.altitudeFt(row),
  },
  {
    name: "speed",
    widthPx: 76,
    isNumber: true,
    cell: (rows, row, formats) => formats.speed(rows.groundSpeedKt(row)),
    file: (rows, row) => rows.groundSpeedKt(row),
  },
  { name: "route", widthPx: 128, isNumber: false, cell: routeOf, file: routeOf },
  {
    name: "status",
    widthPx: 104,
    isNumber: false,
    cell: (rows, row, _, texts) => texts.statuses[rows.status(row)],
    file: (rows, row) => rows.status(row),
  },
  {
    name: "originCountry",
    widthPx: 150,
    isNumber: false,
    cell: (rows, row) => rows.nameOf(row, "originCountry"),
    file: (rows, row) => rows.nameOf(row, "originCountry"),
  },
  {
    name: "operator",
    widthPx: 150,
    isNumber: false,
    cell: (rows, row) => rows.nameOf(row, "operator"),
    file: (rows, row) => rows.nameOf(row, "operator"),
  },
  {
    name: "registration",
    widthPx: 116,
    isNumber: false,
    cell: (rows, row) => rows.textOf(row, "registration"),
    file: (rows, row) => rows.textOf(row, "registration"),
  },
  {
    name: "icao24",
    widthPx: 86,
    isNumber: false,
    cell: (rows, row) => rows.icao24Text(row),
    file: (rows, row) => rows.icao24Text(row),
  },
  {
    name: "track",
    widthPx: 74,
    isNumber: true,
    cell: (rows, row, formats) => formats.track(rows.trackDeg(row)),
    file: (rows, row) => rounded(rows.trackDeg(row)),
  },
  {
    name: "verticalRate",
    widthPx: 128,
    isNumber: true,
    cell: (rows, row, formats) => formats.verticalRate(rows.verticalRateFpm(row)),
    file: (rows, row) => rows.verticalRateFpm(row),
  },
];

/** Units of the columns in a file, where they have one. */
export const FILE_UNITS: Partial<Record<SortColumn, string>> = {
  altitude: "altitude_ft",
  speed: "ground_speed_kt",
  track: "track_deg",
  verticalRate: "vertical_rate_fpm",
};

function routeOf(rows: FlightRows, row: number): string {
  const origin = rows.textOf(row, "origin");
  const destination = rows.textOf(row, "destination");
  return origin === "" && destination === "" ? "" : `${origin || "?"} → ${destination || "?"}`;
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(10 * value) / 10;
}
