// The columns of the table: widths, alignment, and the text of a cell. In the order in which they stand first.

import { airlineCode } from "@/flights/codeKey";
import type { FlightRows } from "@/flights/flightRows";
import type { SortColumn } from "@/flights/sortColumns";
import { COLUMN_VALUES, type SortBasis } from "@/flights/sortOrder";
import { countryName } from "@/texts/countryName";
import type { Formats } from "@/texts/formats";
import type { Texts } from "@/texts/language";
import type { TableNames } from "./useTableNames";

/** What the text of a cell needs besides its row. */
export interface CellContext {
  readonly formats: Formats;
  readonly texts: Texts;
  readonly names: TableNames;
  readonly basis: SortBasis;
  /** The moment that is shown, milliseconds since 1970. */
  readonly nowMs: number;
}

export interface FlightColumn {
  readonly name: SortColumn;
  readonly widthPx: number;
  readonly isNumber: boolean;
  /** The heading in a file, with the unit of the data. */
  readonly fileName: string;
  cell(rows: FlightRows, row: number, context: CellContext): string;
  /** The value in a file, in the unit of the data. */
  file(rows: FlightRows, row: number, context: CellContext): number | string | null;
}

export const FLIGHT_COLUMNS: readonly FlightColumn[] = [
  text("callsign", 94),
  text("aircraftType", 72),
  named("typeName", 190, (rows, row, { names }) => names.types.get(rows.textOf(row, "aircraftType")) ?? ""),
  number("altitude", 104, "altitude_ft", (rows, row, { formats, texts }) =>
    rows.isOnGround(row) ? texts.onGround : formats.altitude(rows.altitudeFt(row)),
  ),
  number("speed", 92, "ground_speed_kt", (rows, row, { formats }) => formats.speed(rows.groundSpeedKt(row))),
  number("verticalRate", 116, "vertical_rate_fpm", (rows, row, { formats }) =>
    formats.verticalRate(rows.verticalRateFpm(row)),
  ),
  text("route", 128, (rows, row, { names, basis }) =>
    String(COLUMN_VALUES.route(rows, row, basis))
      .split(" ")
      .map((code) => names.airportCodes.get(code) ?? code)
      .join(" "),
  ),
  named("airline", 150, (rows, row, { names }) => nameOrCode(names.airlines, airlineCode(rows, row))),
  named("origin", 140, (rows, row, { names }) => nameOrCode(names.airports, rows.textOf(row, "origin"))),
  named("destination", 140, (rows, row, { names }) => nameOrCode(names.airports, rows.textOf(row, "destination"))),
  number("distance", 108, "distance_m", (rows, row, { formats, basis }) => {
    const metres = COLUMN_VALUES.distance(rows, row, basis);
    return formats.distance(typeof metres === "number" ? metres : null);
  }),
  number("bearing", 108, "bearing_deg", (rows, row, { formats, basis }) => {
    const degrees = COLUMN_VALUES.bearing(rows, row, basis);
    return formats.track(typeof degrees === "number" ? degrees : null);
  }),
  text("status", 104, (rows, row, { texts }) => texts.statuses[rows.status(row)]),
  text("originCountry", 150, (rows, row, { formats }) =>
    countryName(rows.nameOf(row, "originCountry"), formats.language),
  ),
  text("operator", 150),
  text("registration", 116),
  text("icao24", 86),
  number("track", 74, "track_deg", (rows, row, { formats }) => formats.track(rows.trackDeg(row))),
  text("squawk", 82),
  {
    ...number("age", 74, "age_s", (rows, row, { formats, nowMs }) => formats.age(nowMs - rows.positionTimeMs(row))),
    file: (rows, row, { nowMs }) => Math.round((nowMs - rows.positionTimeMs(row)) / 100) / 10,
  },
  text("category", 128, (rows, row, { texts }) => kindText(rows.category(row), texts.categories)),
  text("addressType", 104, (rows, row, { texts }) => kindText(rows.addressType(row), texts.addressTypes)),
  text("source", 110),
];

/** What a person sees who has chosen nothing, as many as fit. */
export const FIRST_COLUMNS: readonly SortColumn[] = [
  "callsign",
  "aircraftType",
  "altitude",
  "speed",
  "verticalRate",
  "route",
  "airline",
  "distance",
  "status",
  "originCountry",
  "registration",
  "icao24",
  "track",
  "squawk",
  "age",
];

const FEWEST_COLUMNS = 2;

/** How many of the first columns fit into a width, pixels of a page whose type has 16. */
export function firstThatFit(widthPx: number): number {
  let sum = 0;
  const count = FIRST_COLUMNS.findIndex((name) => {
    sum += FLIGHT_COLUMNS.find((column) => column.name === name)?.widthPx ?? 0;
    return sum > widthPx;
  });
  return count < 0 ? FIRST_COLUMNS.length : Math.max(FEWEST_COLUMNS, count);
}

/** Columns of names behind codes: what a code is called, for their order. */
export function namesOf(column: SortColumn, names: TableNames): ReadonlyMap<string, string> | null {
  if (column === "typeName") return names.types;
  if (column === "airline") return names.airlines;
  return column === "origin" || column === "destination" ? names.airports : null;
}

function nameOrCode(names: ReadonlyMap<string, string>, code: string): string {
  return names.get(code) ?? code;
}

function kindText<T extends string>(kind: T, words: Readonly<Record<T, string>>): string {
  return kind === "unknown" ? "" : words[kind];
}

function text(name: SortColumn, widthPx: number, cell?: FlightColumn["cell"]): FlightColumn {
  const file: FlightColumn["file"] = (rows, row, { basis }) => COLUMN_VALUES[name](rows, row, basis);
  return {
    name,
    widthPx,
    isNumber: false,
    fileName: name,
    cell: cell ?? ((rows, row, context) => String(file(rows, row, context))),
    file,
  };
}

function named(name: SortColumn, widthPx: number, cell: FlightColumn["cell"]): FlightColumn {
  return { ...text(name, widthPx, cell), file: cell };
}

function number(name: SortColumn, widthPx: number, fileName: string, cell: FlightColumn["cell"]): FlightColumn {
  return { ...text(name, widthPx, cell), isNumber: true, fileName };
}
