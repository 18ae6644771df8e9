// The newest report of an aircraft at full precision, as the columns that a frame would have for it. Pure.
//
// `flights.v3` sends aircraft of the tiles as exactly as a map shows them. For those that a person reads, a gateway also sends
// each report, as a row of integers: `{"type": "exact", "flights": [[icao24, position_time_ms, …]]}` (tiles.md). Objects with the
// fields of the API are accepted, too.
import {
  COLUMN,
  COLUMN_COUNT,
  DEGREES_PER_POSITION_UNIT,
  DEGREES_PER_TRACK_UNIT,
  FEET_PER_ALTITUDE_UNIT,
  FEET_PER_MINUTE_PER_RATE_UNIT,
  MILLISECONDS_PER_AGE_UNIT,
  NULL_VALUE,
  ON_GROUND_BIT,
  STATUSES,
} from "./columns.ts";

export interface ExactReport {
  readonly icao24: number;
  /** Milliseconds since 1970. */
  readonly positionTimeMs: number;
  /** COLUMN_COUNT numbers as in a frame; the age of the position is 0. */
  readonly columns: Int32Array;
}

const METERS_PER_FOOT = 0.3048;
const MPS_PER_KNOT = 1852 / 3600;
const ADDRESS = /^[0-9a-f]{6}$/;

/** The reports of a message; those without an address, a place or a time are left out. */
export function exactReports(flights: unknown): ExactReport[] {
  return Array.isArray(flights) ? flights.flatMap((flight) => reportOf(flight) ?? []) : [];
}

/** After the address and the time of the position. */
const ROW_COLUMNS = Object.values(COLUMN)
  .sort((a, b) => a - b)
  .filter((column) => column !== COLUMN.positionAge);

function reportOfRow(row: readonly unknown[]): ExactReport | null {
  const [icao24, positionTimeMs, ...values] = row;
  if (!row.every(isNumber) || values.length !== ROW_COLUMNS.length) return null;
  if (!Number.isInteger(icao24) || (icao24 as number) < 0 || (icao24 as number) >= 2 ** 24) return null;
  const columns = new Int32Array(COLUMN_COUNT);
  ROW_COLUMNS.forEach((column, i) => {
    columns[column] = values[i] as number;
  });
  return { icao24: icao24 as number, positionTimeMs: positionTimeMs as number, columns };
}

function reportOf(value: unknown): ExactReport | null {
  if (Array.isArray(value)) return reportOfRow(value);
  if (typeof value !== "object" || value === null) return null;
  const fields = value as Readonly<Record<string, unknown>>;
  const { icao24, squawk } = fields;
  const positionTimeMs = fields.position_time_ms;
  if (typeof icao24 !== "string" || !ADDRESS.test(icao24) || !isNumber(positionTimeMs)) return null;
  if (!isNumber(fields.latitude_deg) || !isNumber(fields.longitude_deg)) return null;
  const columns = new Int32Array(COLUMN_COUNT).fill(NULL_VALUE);
  const write = (column: number, name: string, unit: number) => {
    const number = fields[name];
    if (isNumber(number)) columns[column] = Math.round(number / unit);
  };
  write(COLUMN.latitude, "latitude_deg", DEGREES_PER_POSITION_UNIT);
  write(COLUMN.longitude, "longitude_deg", DEGREES_PER_POSITION_UNIT);
  write(COLUMN.baroAltitude, "baro_altitude_m", FEET_PER_ALTITUDE_UNIT * METERS_PER_FOOT);
  write(COLUMN.geoOffset, "geo_altitude_m", FEET_PER_ALTITUDE_UNIT * METERS_PER_FOOT);
  write(COLUMN.groundSpeed, "ground_speed_mps", MPS_PER_KNOT);
  write(COLUMN.track, "track_deg", DEGREES_PER_TRACK_UNIT);
  write(COLUMN.verticalRate, "vertical_rate_mps", (FEET_PER_MINUTE_PER_RATE_UNIT * METERS_PER_FOOT) / 60);
  const [baro, geo] = [columns[COLUMN.baroAltitude] as number, columns[COLUMN.geoOffset] as number];
  if (baro !== NULL_VALUE && geo !== NULL_VALUE) columns[COLUMN.geoOffset] = geo - baro;
  columns[COLUMN.positionAge] = 0;
  const contactMs = isNumber(fields.last_contact_ms) ? fields.last_contact_ms : positionTimeMs;
  columns[COLUMN.contactLead] = Math.round((contactMs - positionTimeMs) / MILLISECONDS_PER_AGE_UNIT);
  if (typeof squawk === "string" && /^[0-7]{4}$/.test(squawk)) columns[COLUMN.squawk] = Number.parseInt(squawk, 8);
  const status = (STATUSES as readonly unknown[]).indexOf(fields.status);
  columns[COLUMN.status] = Math.max(0, status) | (fields.on_ground === true ? ON_GROUND_BIT : 0);
  return { icao24: Number.parseInt(icao24, 16), positionTimeMs, columns };
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}
