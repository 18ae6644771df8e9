// All aircraft as columns over one row space, on both sides of the worker: the worker fills it from messages, the page
// holds the same rows as the worker last sent them. A row keeps its aircraft while it is known.
//
// Reading a value costs an array access; texts are decoded when they are shown. Nothing here is React state.
import {
  ADDRESS_TYPES,
  type AddressType,
  CATEGORIES,
  type Category,
  COLUMN,
  COLUMN_COUNT,
  DEGREES_PER_POSITION_UNIT,
  DEGREES_PER_TRACK_UNIT,
  FEET_PER_ALTITUDE_UNIT,
  FEET_PER_MINUTE_PER_RATE_UNIT,
  isEmergency,
  isNotAircraft,
  KIND_COUNT,
  NAME_COLUMN_COUNT,
  NAME_COLUMNS,
  NULL_VALUE,
  ON_GROUND_BIT,
  STATUS_MASK,
  STATUSES,
  type Status,
  TEXT_BYTES,
  TEXT_COLUMNS,
  type TextColumn,
} from "@flighttracker/client";
import { INSTANCE, INSTANCE_FLOATS } from "./instance";

const FIRST_CAPACITY = 1024;
const TEXT_COLUMN_BY_NAME = Object.fromEntries(TEXT_COLUMNS.map((column) => [column.name, column])) as Readonly<
  Record<TextColumn, (typeof TEXT_COLUMNS)[number]>
>;

export class FlightRows {
  rowCount = 0;
  instances = new Float32Array(0);
  /** The bytes of `instances`: where an instance's style lies, for one. */
  instanceBytes = new Uint8Array(0);
  dynamic = new Int32Array(0);
  icao24 = new Uint32Array(0);
  text = new Uint8Array(0);
  nameNumbers = new Uint16Array(0);
  /** Category and address type. */
  kinds = new Uint8Array(0);
  /** 1 where a row holds an aircraft. */
  present = new Uint8Array(0);
  /** 1 where it also passes the filters. */
  shown = new Uint8Array(0);
  /** Server time that the times in `instances` count from, milliseconds since 1970. */
  referenceMs = 0;

  constructor(public names: string[] = [""]) {}

  get capacity(): number {
    return this.present.length;
  }

  reserve(rowCount: number): void {
    if (rowCount > this.capacity) {
      const capacity = Math.max(rowCount, 2 * this.capacity, FIRST_CAPACITY);
      this.instances = extended(this.instances, new Float32Array(capacity * INSTANCE_FLOATS));
      this.instanceBytes = new Uint8Array(this.instances.buffer);
      this.dynamic = extended(this.dynamic, new Int32Array(capacity * COLUMN_COUNT));
      this.icao24 = extended(this.icao24, new Uint32Array(capacity));
      this.text = extended(this.text, new Uint8Array(capacity * TEXT_BYTES));
      this.nameNumbers = extended(this.nameNumbers, new Uint16Array(capacity * NAME_COLUMN_COUNT));
      this.kinds = extended(this.kinds, new Uint8Array(capacity * KIND_COUNT));
      this.present = extended(this.present, new Uint8Array(capacity));
      this.shown = extended(this.shown, new Uint8Array(capacity));
    }
    this.rowCount = Math.max(this.rowCount, rowCount);
  }

  /** Hold what `other` holds without copying: the same arrays, until one of the two grows. */
  adopt(other: FlightRows): void {
    this.names = other.names;
    this.rowCount = other.rowCount;
    this.instances = other.instances;
    this.instanceBytes = other.instanceBytes;
    this.dynamic = other.dynamic;
    this.icao24 = other.icao24;
    this.text = other.text;
    this.nameNumbers = other.nameNumbers;
    this.kinds = other.kinds;
    this.present = other.present;
    this.shown = other.shown;
    this.referenceMs = other.referenceMs;
  }

  /** The row of an address, or −1. Linear: for a click or a test, not for every row. */
  rowOf(icao24: number): number {
    for (let row = 0; row < this.rowCount; row++) {
      if (this.icao24[row] === icao24 && this.present[row] === 1) return row;
    }
    return -1;
  }

  /** A dynamic column as stored, null when unknown. */
  stored(row: number, column: number): number | null {
    const value = this.dynamic[row * COLUMN_COUNT + column] as number;
    return value === NULL_VALUE ? null : value;
  }

  icao24Text(row: number): string {
    return icao24Text(this.icao24[row] as number);
  }

  textOf(row: number, name: TextColumn): string {
    const { start, bytes } = TEXT_COLUMN_BY_NAME[name];
    const from = row * TEXT_BYTES + start;
    let text = "";
    for (let at = from; at < from + bytes && this.text[at] !== 0; at++) {
      text += String.fromCharCode(this.text[at] as number);
    }
    return text;
  }

  nameOf(row: number, column: (typeof NAME_COLUMNS)[number]): string {
    return this.names[this.nameNumbers[row * NAME_COLUMN_COUNT + NAME_COLUMNS.indexOf(column)] as number] ?? "";
  }

  category(row: number): Category {
    return CATEGORIES[this.kinds[row * KIND_COUNT] as number] ?? "unknown";
  }

  addressType(row: number): AddressType {
    return ADDRESS_TYPES[this.kinds[row * KIND_COUNT + 1] as number] ?? "unknown";
  }

  /** Whether the row holds a surface vehicle or an obstacle, which is not a flight. */
  isNotAircraft(row: number): boolean {
    return isNotAircraft(this.kinds[row * KIND_COUNT] as number);
  }

  latitudeDeg(row: number): number {
    return (this.stored(row, COLUMN.latitude) ?? 0) * DEGREES_PER_POSITION_UNIT;
  }

  longitudeDeg(row: number): number {
    return (this.stored(row, COLUMN.longitude) ?? 0) * DEGREES_PER_POSITION_UNIT;
  }

  altitudeFt(row: number): number | null {
    return scaled(this.stored(row, COLUMN.baroAltitude), FEET_PER_ALTITUDE_UNIT);
  }

  geometricAltitudeFt(row: number): number | null {
    const offset = this.stored(row, COLUMN.geoOffset);
    return offset === null ? null : (offset + (this.stored(row, COLUMN.baroAltitude) ?? 0)) * FEET_PER_ALTITUDE_UNIT;
  }

  groundSpeedKt(row: number): number | null {
    return this.stored(row, COLUMN.groundSpeed);
  }

  trackDeg(row: number): number | null {
    return scaled(this.stored(row, COLUMN.track), DEGREES_PER_TRACK_UNIT);
  }

  verticalRateFpm(row: number): number | null {
    return scaled(this.stored(row, COLUMN.verticalRate), FEET_PER_MINUTE_PER_RATE_UNIT);
  }

  squawk(row: number): string {
    const squawk = this.stored(row, COLUMN.squawk);
    return squawk === null ? "" : squawk.toString(8).padStart(4, "0");
  }

  status(row: number): Status {
    return STATUSES[(this.stored(row, COLUMN.status) ?? 0) & STATUS_MASK] ?? "unknown";
  }

  isOnGround(row: number): boolean {
    return ((this.stored(row, COLUMN.status) ?? 0) & ON_GROUND_BIT) !== 0;
  }

  isEmergency(row: number): boolean {
    return isEmergency(this.stored(row, COLUMN.status) ?? 0, this.stored(row, COLUMN.squawk) ?? NULL_VALUE);
  }

  /** When the aircraft was last heard, milliseconds since 1970. */
  positionTimeMs(row: number): number {
    return this.referenceMs + (this.instances[row * INSTANCE_FLOATS + INSTANCE.heardTime] as number) * 1000;
  }
}

/** Six lower-case hex digits. */
export function icao24Text(icao24: number): string {
  return icao24.toString(16).padStart(6, "0");
}

function scaled(value: number | null, unit: number): number | null {
  return value === null ? null : value * unit;
}

function extended<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
