// Rows for unit tests, written column by column the way the worker's Fleet does.
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
  NULL_VALUE,
  STATUSES,
  type Status,
  TEXT_BYTES,
  TEXT_COLUMNS,
  type TextColumn,
} from "@flighttracker/client";
import { FlightRows } from "./flightRows";

export interface TestFlight extends Partial<Record<TextColumn, string>> {
  readonly icao24: number;
  readonly country?: string;
  readonly operator?: string;
  readonly category?: Category;
  readonly addressType?: AddressType;
  readonly status?: Status;
  readonly isOnGround?: boolean;
  /** Four octal digits, or empty. */
  readonly squawk?: string;
  readonly altitudeFt?: number;
  readonly speedKt?: number;
  readonly trackDeg?: number;
  readonly latitudeDeg?: number;
  readonly longitudeDeg?: number;
}

export function rowsWith(flights: readonly TestFlight[]): FlightRows {
  const rows = new FlightRows();
  rows.reserve(flights.length);
  flights.forEach((flight, row) => {
    writeFlight(rows, row, flight);
  });
  return rows;
}

function writeFlight(rows: FlightRows, row: number, flight: TestFlight): void {
  rows.icao24[row] = flight.icao24;
  rows.present[row] = 1;
  rows.shown[row] = 1;
  rows.dynamic.fill(NULL_VALUE, row * COLUMN_COUNT, (row + 1) * COLUMN_COUNT);
  const write = (column: number, value: number | undefined, unit = 1) => {
    if (value !== undefined) rows.dynamic[row * COLUMN_COUNT + column] = Math.round(value / unit);
  };
  write(COLUMN.latitude, flight.latitudeDeg ?? 0, 1e-5);
  write(COLUMN.longitude, flight.longitudeDeg ?? 0, 1e-5);
  write(COLUMN.baroAltitude, flight.altitudeFt, 25);
  write(COLUMN.groundSpeed, flight.speedKt);
  write(COLUMN.track, flight.trackDeg, 0.1);
  if (flight.squawk) write(COLUMN.squawk, Number.parseInt(flight.squawk, 8));
  write(COLUMN.status, STATUSES.indexOf(flight.status ?? "unknown") + (flight.isOnGround === true ? 16 : 0));
  for (const { name, start } of TEXT_COLUMNS) {
    rows.text.set(Buffer.from(flight[name] ?? "", "ascii"), row * TEXT_BYTES + start);
  }
  rows.kinds[row * KIND_COUNT] = CATEGORIES.indexOf(flight.category ?? "unknown");
  rows.kinds[row * KIND_COUNT + 1] = ADDRESS_TYPES.indexOf(flight.addressType ?? "unknown");
  const writeName = (column: (typeof NAME_COLUMNS)[number], name: string) => {
    if (!rows.names.includes(name)) rows.names.push(name);
    rows.nameNumbers[row * NAME_COLUMN_COUNT + NAME_COLUMNS.indexOf(column)] = rows.names.indexOf(name);
  };
  writeName("originCountry", flight.country ?? "");
  writeName("operator", flight.operator ?? "");
}
