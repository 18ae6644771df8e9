// A position as programs use it: names with units, null for what is unknown. Pure.
import {
  ADDRESS_TYPES,
  type AddressType,
  CATEGORIES,
  type Category,
  COLUMN,
  DEGREES_PER_TRACK_UNIT,
  FEET_PER_ALTITUDE_UNIT,
  FEET_PER_MINUTE_PER_RATE_UNIT,
  MILLISECONDS_PER_AGE_UNIT,
  NULL_VALUE,
  ON_GROUND_BIT,
  STATUS_MASK,
  STATUSES,
  type Status,
  TEXT_COLUMNS,
} from "./columns.ts";
import type { ShardTable } from "./shardTable.ts";

/** Where one aircraft was at one moment. Times are milliseconds since 1970 UTC; unknown texts are empty. */
export interface Flight {
  /** ICAO address, six lower-case hexadecimal digits. */
  readonly icao24: string;
  readonly callsign: string;
  readonly registration: string;
  readonly aircraftType: string;
  readonly operator: string;
  readonly originCountry: string;
  readonly origin: string;
  readonly destination: string;
  readonly category: Category;
  readonly addressType: AddressType;
  readonly latitudeDeg: number;
  readonly longitudeDeg: number;
  readonly baroAltitudeM: number | null;
  readonly geoAltitudeM: number | null;
  readonly groundSpeedMps: number | null;
  /** Clockwise from true north. */
  readonly trackDeg: number | null;
  readonly verticalRateMps: number | null;
  readonly onGround: boolean;
  /** Four octal digits, or empty. */
  readonly squawk: string;
  readonly status: Status;
  readonly positionTimeMs: number;
  readonly lastContactMs: number;
  readonly source: string;
}

const METERS_PER_FOOT = 0.3048;
const MPS_PER_KNOT = 1852 / 3600;
const UNITS_PER_DEGREE = 1e5;

export function icao24Of(table: ShardTable, slot: number): string {
  return (table.icao24[slot] as number).toString(16).padStart(6, "0");
}

/** The position in a slot that is taken. */
export function flightAt(table: ShardTable, slot: number): Flight {
  const column = (number: number) => (table.dynamic[number] as Int32Array)[slot] as number;
  const scaled = (value: number, unit: number) => (value === NULL_VALUE ? null : rounded(value * unit));
  const name = (number: number) => table.names.names[(table.nameNumbers[number] as Uint16Array)[slot] as number] ?? "";
  const kind = (number: number) => (table.kinds[number] as Uint8Array)[slot] as number;
  const baro = column(COLUMN.baroAltitude);
  const offset = column(COLUMN.geoOffset);
  const geo = offset === NULL_VALUE ? NULL_VALUE : offset + (baro === NULL_VALUE ? 0 : baro);
  const squawk = column(COLUMN.squawk);
  const status = column(COLUMN.status);
  const positionTimeMs = table.positionTimeMs[slot] as number;
  return {
    icao24: icao24Of(table, slot),
    callsign: textAt(table, 0, slot),
    registration: textAt(table, 1, slot),
    aircraftType: textAt(table, 2, slot),
    operator: name(0),
    originCountry: name(1),
    origin: textAt(table, 3, slot),
    destination: textAt(table, 4, slot),
    category: CATEGORIES[kind(0)] ?? "unknown",
    addressType: ADDRESS_TYPES[kind(1)] ?? "unknown",
    latitudeDeg: column(COLUMN.latitude) / UNITS_PER_DEGREE,
    longitudeDeg: column(COLUMN.longitude) / UNITS_PER_DEGREE,
    baroAltitudeM: scaled(baro, FEET_PER_ALTITUDE_UNIT * METERS_PER_FOOT),
    geoAltitudeM: scaled(geo, FEET_PER_ALTITUDE_UNIT * METERS_PER_FOOT),
    groundSpeedMps: scaled(column(COLUMN.groundSpeed), MPS_PER_KNOT),
    trackDeg: scaled(column(COLUMN.track), DEGREES_PER_TRACK_UNIT),
    verticalRateMps: scaled(column(COLUMN.verticalRate), (FEET_PER_MINUTE_PER_RATE_UNIT * METERS_PER_FOOT) / 60),
    onGround: (status & ON_GROUND_BIT) !== 0,
    squawk: squawk === NULL_VALUE ? "" : squawk.toString(8).padStart(4, "0"),
    status: STATUSES[status & STATUS_MASK] ?? "unknown",
    positionTimeMs,
    lastContactMs: positionTimeMs + column(COLUMN.contactLead) * MILLISECONDS_PER_AGE_UNIT,
    source: name(2),
  };
}

function textAt(table: ShardTable, column: number, slot: number): string {
  const { bytes } = TEXT_COLUMNS[column] as (typeof TEXT_COLUMNS)[number];
  const all = table.texts[column] as Uint8Array;
  let text = "";
  for (let at = slot * bytes; at < (slot + 1) * bytes && all[at] !== 0; at++) {
    text += String.fromCharCode(all[at] as number);
  }
  return text;
}

/** To a hundredth: a frame is not more precise. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
