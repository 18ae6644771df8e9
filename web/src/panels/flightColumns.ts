// The columns of the table: headings, widths, and what a cell says. In the order in which they are worth their place when
// the table is narrow.
import type { FlightRows } from "@/flights/flightRows";
import type { SortColumn } from "@/flights/sortOrder";
import { capitalised, formatAltitude, formatSpeed, formatTrack, formatVerticalRate } from "./format";

export interface FlightColumn {
  readonly name: SortColumn;
  readonly heading: string;
  readonly widthPx: number;
  readonly isNumber: boolean;
  cell(rows: FlightRows, row: number): string;
}

export const FLIGHT_COLUMNS: readonly FlightColumn[] = [
  {
    name: "callsign",
    heading: "Callsign",
    widthPx: 94,
    isNumber: false,
    cell: (rows, row) => rows.textOf(row, "callsign"),
  },
  {
    name: "aircraftType",
    heading: "Type",
    widthPx: 72,
    isNumber: false,
    cell: (rows, row) => rows.textOf(row, "aircraftType"),
  },
  {
    name: "altitude",
    heading: "Altitude",
    widthPx: 92,
    isNumber: true,
    cell: (rows, row) => formatAltitude(rows.altitudeFt(row)),
  },
  {
    name: "speed",
    heading: "Speed",
    widthPx: 76,
    isNumber: true,
    cell: (rows, row) => formatSpeed(rows.groundSpeedKt(row)),
  },
  { name: "route", heading: "Route", widthPx: 128, isNumber: false, cell: routeOf },
  {
    name: "status",
    heading: "Status",
    widthPx: 104,
    isNumber: false,
    cell: (rows, row) => capitalised(rows.status(row)),
  },
  {
    name: "originCountry",
    heading: "Country",
    widthPx: 150,
    isNumber: false,
    cell: (rows, row) => rows.nameOf(row, "originCountry"),
  },
  {
    name: "registration",
    heading: "Registration",
    widthPx: 116,
    isNumber: false,
    cell: (rows, row) => rows.textOf(row, "registration"),
  },
  { name: "icao24", heading: "Address", widthPx: 86, isNumber: false, cell: (rows, row) => rows.icao24Text(row) },
  {
    name: "track",
    heading: "Track",
    widthPx: 74,
    isNumber: true,
    cell: (rows, row) => formatTrack(rows.trackDeg(row)),
  },
  {
    name: "verticalRate",
    heading: "Vertical rate",
    widthPx: 128,
    isNumber: true,
    cell: (rows, row) => formatVerticalRate(rows.verticalRateFpm(row)),
  },
];

export const TABLE_WIDTH_PX = FLIGHT_COLUMNS.reduce((sum, { widthPx }) => sum + widthPx, 0);

function routeOf(rows: FlightRows, row: number): string {
  const origin = rows.textOf(row, "origin");
  const destination = rows.textOf(row, "destination");
  return origin === "" && destination === "" ? "" : `${origin || "?"} → ${destination || "?"}`;
}
