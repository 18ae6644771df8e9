// The columns of the table: widths, alignment, and the text of a cell. In the order of their worth when the table is
// narrow.
import type { FlightRows } from "@/flights/flightRows";
import { COLUMN_VALUES, type SortColumn } from "@/flights/sortOrder";
import type { Texts } from "@/texts/en";
import type { Formats } from "@/texts/formats";

export interface FlightColumn {
  readonly name: SortColumn;
  readonly widthPx: number;
  readonly isNumber: boolean;
  /** The heading in a file, with the unit of the data. */
  readonly fileName: string;
  cell(rows: FlightRows, row: number, formats: Formats, texts: Texts): string;
  /** The value in a file, in the unit of the data. */
  file(rows: FlightRows, row: number): number | string | null;
}

export const FLIGHT_COLUMNS: readonly FlightColumn[] = [
  text("callsign", 94),
  text("aircraftType", 72),
  number("altitude", 104, "altitude_ft", (rows, row, formats, texts) =>
    rows.isOnGround(row) ? texts.onGround : formats.altitude(rows.altitudeFt(row)),
  ),
  number("speed", 92, "ground_speed_kt", (rows, row, formats) => formats.speed(rows.groundSpeedKt(row))),
  text("route", 128),
  text("status", 104, (rows, row, _, texts) => texts.statuses[rows.status(row)]),
  text("originCountry", 150),
  text("operator", 150),
  text("registration", 116),
  text("icao24", 86),
  text("category", 128, (rows, row, _, texts) => kindText(rows.category(row), texts.categories)),
  text("addressType", 104, (rows, row, _, texts) => kindText(rows.addressType(row), texts.addressTypes)),
  number("track", 74, "track_deg", (rows, row, formats) => formats.track(rows.trackDeg(row))),
  number("verticalRate", 128, "vertical_rate_fpm", (rows, row, formats) =>
    formats.verticalRate(rows.verticalRateFpm(row)),
  ),
];

function kindText<T extends string>(kind: T, words: Readonly<Record<T, string>>): string {
  return kind === "unknown" ? "" : words[kind];
}

function text(name: SortColumn, widthPx: number, cell?: FlightColumn["cell"]): FlightColumn {
  const file = COLUMN_VALUES[name];
  return {
    name,
    widthPx,
    isNumber: false,
    fileName: name,
    cell: cell ?? ((rows, row) => String(file(rows, row))),
    file,
  };
}

function number(name: SortColumn, widthPx: number, fileName: string, cell: FlightColumn["cell"]): FlightColumn {
  return { name, widthPx, isNumber: true, fileName, cell, file: COLUMN_VALUES[name] };
}
