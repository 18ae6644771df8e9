// Packs the rows that changed for the page, in the worker.
import { COLUMN_COUNT, KIND_COUNT, NAME_COLUMN_COUNT, TEXT_BYTES } from "@flighttracker/client";
import type { FlightRows } from "./flightRows";
import { INSTANCE_FLOATS } from "./instance";
import { type Copied, copy, type Run, runsOf } from "./rowRuns";
import type { RowsUpdate } from "./rowsUpdate";

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

function rowsWith(unsent: Uint8Array, rowCount: number, what: number): Uint32Array<ArrayBuffer> {
  const rows = new Uint32Array(rowCount);
  let count = 0;
  for (let row = 0; row < rowCount; row++) {
    if (((unsent[row] as number) & what) !== 0) rows[count++] = row;
  }
  return rows.slice(0, count);
}

function gathered<T extends Copied<T>>(from: T, runs: readonly Run[], width: number, to: T): T {
  let at = 0;
  for (const { first, count } of runs) {
    copy(from, first * width, to, at, count * width);
    at += count * width;
  }
  return to;
}
