// The worker's update of changed rows, and how the page applies it. Every array is transferred.
// Texts and names travel only for rows where they changed; a name travels once.
import { COLUMN_COUNT, KIND_COUNT, NAME_COLUMN_COUNT, TEXT_BYTES } from "@flighttracker/client";
import type { FlightRows } from "./flightRows";
import { INSTANCE_FLOATS } from "./instance";

export interface RowsUpdate {
  readonly rowCount: number;
  readonly referenceMs: number;
  /** Ascending. All arrays up to `statics` have an entry for each. */
  readonly rows: Uint32Array<ArrayBuffer>;
  readonly instances: Float32Array<ArrayBuffer>;
  readonly dynamic: Int32Array<ArrayBuffer>;
  readonly present: Uint8Array<ArrayBuffer>;
  readonly shown: Uint8Array<ArrayBuffer>;
  readonly statics: {
    readonly rows: Uint32Array<ArrayBuffer>;
    readonly icao24: Uint32Array<ArrayBuffer>;
    readonly text: Uint8Array<ArrayBuffer>;
    readonly nameNumbers: Uint16Array<ArrayBuffer>;
    readonly kinds: Uint8Array<ArrayBuffer>;
  };
  readonly newNames: readonly string[];
}

export const UNSENT_ROW = 1;
export const UNSENT_STATICS = 2;

/** Pack the rows that `unsent` marks; names from number `sentNames` on are new to the page. */
export function packRows(from: FlightRows, unsent: Uint8Array, sentNames: number): RowsUpdate {
  const rows = rowsWith(unsent, from.rowCount, UNSENT_ROW);
  const statics = rowsWith(unsent, from.rowCount, UNSENT_STATICS);
  const runs = runsOf(rows);
  const staticRuns = runsOf(statics);
  const n = rows.length;
  const s = statics.length;
  return {
    rowCount: from.rowCount,
    referenceMs: from.referenceMs,
    rows,
    instances: gathered(from.instances, runs, INSTANCE_FLOATS, new Float32Array(n * INSTANCE_FLOATS)),
    dynamic: gathered(from.dynamic, runs, COLUMN_COUNT, new Int32Array(n * COLUMN_COUNT)),
    present: gathered(from.present, runs, 1, new Uint8Array(n)),
    shown: gathered(from.shown, runs, 1, new Uint8Array(n)),
    statics: {
      rows: statics,
      icao24: gathered(from.icao24, staticRuns, 1, new Uint32Array(s)),
      text: gathered(from.text, staticRuns, TEXT_BYTES, new Uint8Array(s * TEXT_BYTES)),
      nameNumbers: gathered(from.nameNumbers, staticRuns, NAME_COLUMN_COUNT, new Uint16Array(s * NAME_COLUMN_COUNT)),
      kinds: gathered(from.kinds, staticRuns, KIND_COUNT, new Uint8Array(s * KIND_COUNT)),
    },
    newNames: from.names.slice(sentNames),
  };
}

/** The buffers to transfer with an update. */
export function buffersOf(update: RowsUpdate): ArrayBuffer[] {
  const { rows, instances, dynamic, present, shown, statics } = update;
  return [
    ...[rows, instances, dynamic, present, shown].map((array) => array.buffer),
    ...[statics.rows, statics.icao24, statics.text, statics.nameNumbers, statics.kinds].map((array) => array.buffer),
  ];
}

/** Take an update over into the page's rows. `names` of the page begin empty. */
export function applyRows(to: FlightRows, update: RowsUpdate): void {
  to.reserve(update.rowCount);
  to.referenceMs = update.referenceMs;
  const runs = runsOf(update.rows);
  scatter(update.instances, to.instances, runs, INSTANCE_FLOATS);
  scatter(update.dynamic, to.dynamic, runs, COLUMN_COUNT);
  scatter(update.present, to.present, runs, 1);
  scatter(update.shown, to.shown, runs, 1);
  const staticRuns = runsOf(update.statics.rows);
  scatter(update.statics.icao24, to.icao24, staticRuns, 1);
  scatter(update.statics.text, to.text, staticRuns, TEXT_BYTES);
  scatter(update.statics.nameNumbers, to.nameNumbers, staticRuns, NAME_COLUMN_COUNT);
  scatter(update.statics.kinds, to.kinds, staticRuns, KIND_COUNT);
  to.names.push(...update.newNames);
}

/** Neighbouring rows: they are copied in one piece, which for a key frame is everything at once. */
interface Run {
  readonly first: number;
  readonly count: number;
}

function rowsWith(unsent: Uint8Array, rowCount: number, what: number): Uint32Array<ArrayBuffer> {
  const rows = new Uint32Array(rowCount);
  let count = 0;
  for (let row = 0; row < rowCount; row++) {
    if (((unsent[row] as number) & what) !== 0) rows[count++] = row;
  }
  return rows.slice(0, count);
}

function runsOf(rows: Uint32Array): Run[] {
  const runs: Run[] = [];
  for (let i = 0; i < rows.length; ) {
    const first = rows[i] as number;
    const start = i;
    while (i < rows.length && rows[i] === first + i - start) i++;
    runs.push({ first, count: i - start });
  }
  return runs;
}

interface Copied<T> {
  subarray(begin: number, end: number): T;
  set(from: T, at: number): void;
}

function gathered<T extends Copied<T>>(from: T, runs: readonly Run[], width: number, to: T): T {
  let at = 0;
  for (const { first, count } of runs) {
    copy(from, first * width, to, at, count * width);
    at += count * width;
  }
  return to;
}

function scatter<T extends Copied<T>>(from: T, to: T, runs: readonly Run[], width: number): void {
  let at = 0;
  for (const { first, count } of runs) {
    copy(from, at, to, first * width, count * width);
    at += count * width;
  }
}

/** A view for each copy costs more than copying so few values. */
const FEW_VALUES = 64;

/**
 * Single rows are copied value by value, with one function for each kind of array: one that sees them all takes
 * three times as long.
 */
function copy<T extends Copied<T>>(from: T, fromAt: number, to: T, toAt: number, count: number): void {
  if (count > FEW_VALUES) to.set(from.subarray(fromAt, fromAt + count), toAt);
  else if (from instanceof Float32Array && to instanceof Float32Array) copyFloats(from, fromAt, to, toAt, count);
  else if (from instanceof Int32Array && to instanceof Int32Array) copyIntegers(from, fromAt, to, toAt, count);
  else if (from instanceof Uint8Array && to instanceof Uint8Array) copyBytes(from, fromAt, to, toAt, count);
  else to.set(from.subarray(fromAt, fromAt + count), toAt);
}

function copyFloats(from: Float32Array, fromAt: number, to: Float32Array, toAt: number, count: number): void {
  for (let i = 0; i < count; i++) to[toAt + i] = from[fromAt + i] as number;
}

function copyIntegers(from: Int32Array, fromAt: number, to: Int32Array, toAt: number, count: number): void {
  for (let i = 0; i < count; i++) to[toAt + i] = from[fromAt + i] as number;
}

function copyBytes(from: Uint8Array, fromAt: number, to: Uint8Array, toAt: number, count: number): void {
  for (let i = 0; i < count; i++) to[toAt + i] = from[fromAt + i] as number;
}
