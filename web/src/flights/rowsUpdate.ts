// The worker's update of changed rows (packRows.ts), and how the page applies it. Every array is transferred.
// Texts and names travel only for rows where they changed; a name travels once.
import { COLUMN_COUNT, KIND_COUNT, NAME_COLUMN_COUNT, TEXT_BYTES } from "@flighttracker/client";
import type { FlightRows } from "./flightRows";
import { INSTANCE_FLOATS } from "./instance";
import { type Copied, copy, type Run, runsOf } from "./rowRuns";

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

function scatter<T extends Copied<T>>(from: T, to: T, runs: readonly Run[], width: number): void {
  let at = 0;
  for (const { first, count } of runs) {
    copy(from, at, to, first * width, count * width);
    at += count * width;
  }
}
