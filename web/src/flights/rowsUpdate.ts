// What the worker sends the page of rows that changed, and how the page takes it over. Every array is transferred.
// Texts and names travel only for rows where they changed; a name travels once.
import { COLUMN_COUNT, NAME_COLUMN_COUNT, TEXT_BYTES } from "./columns";
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
  };
  readonly newNames: readonly string[];
}

/** Pack rows; names from number `sentNames` on are new to the page. */
export function packRows(
  from: FlightRows,
  changed: ReadonlySet<number>,
  changedStatics: ReadonlySet<number>,
  sentNames: number,
): RowsUpdate {
  const rows = Uint32Array.from(changed).sort();
  const statics = Uint32Array.from(changedStatics);
  return {
    rowCount: from.rowCount,
    referenceMs: from.referenceMs,
    rows,
    instances: gathered(from.instances, rows, INSTANCE_FLOATS, new Float32Array(rows.length * INSTANCE_FLOATS)),
    dynamic: gathered(from.dynamic, rows, COLUMN_COUNT, new Int32Array(rows.length * COLUMN_COUNT)),
    present: gathered(from.present, rows, 1, new Uint8Array(rows.length)),
    shown: gathered(from.shown, rows, 1, new Uint8Array(rows.length)),
    statics: {
      rows: statics,
      icao24: gathered(from.icao24, statics, 1, new Uint32Array(statics.length)),
      text: gathered(from.text, statics, TEXT_BYTES, new Uint8Array(statics.length * TEXT_BYTES)),
      nameNumbers: gathered(
        from.nameNumbers,
        statics,
        NAME_COLUMN_COUNT,
        new Uint16Array(statics.length * NAME_COLUMN_COUNT),
      ),
    },
    newNames: from.names.slice(sentNames),
  };
}

/** The buffers to transfer with an update. */
export function buffersOf(update: RowsUpdate): ArrayBuffer[] {
  const { rows, instances, dynamic, present, shown, statics } = update;
  return [
    ...[rows, instances, dynamic, present, shown].map((array) => array.buffer),
    ...[statics.rows, statics.icao24, statics.text, statics.nameNumbers].map((array) => array.buffer),
  ];
}

/** Take an update over into the page's rows. `names` of the page begin empty. */
export function applyRows(to: FlightRows, update: RowsUpdate): void {
  to.reserve(update.rowCount);
  to.referenceMs = update.referenceMs;
  scatter(update.instances, to.instances, update.rows, INSTANCE_FLOATS);
  scatter(update.dynamic, to.dynamic, update.rows, COLUMN_COUNT);
  scatter(update.present, to.present, update.rows, 1);
  scatter(update.shown, to.shown, update.rows, 1);
  scatter(update.statics.icao24, to.icao24, update.statics.rows, 1);
  scatter(update.statics.text, to.text, update.statics.rows, TEXT_BYTES);
  scatter(update.statics.nameNumbers, to.nameNumbers, update.statics.rows, NAME_COLUMN_COUNT);
  to.names.push(...update.newNames);
}

type NumberArray = Float32Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

function gathered<T extends NumberArray>(from: T, rows: Uint32Array, width: number, to: T): T {
  for (let i = 0; i < rows.length; i++) {
    const start = (rows[i] as number) * width;
    for (let k = 0; k < width; k++) to[i * width + k] = from[start + k] as number;
  }
  return to;
}

function scatter(from: NumberArray, to: NumberArray, rows: Uint32Array, width: number): void {
  for (let i = 0; i < rows.length; i++) {
    const start = (rows[i] as number) * width;
    for (let k = 0; k < width; k++) to[start + k] = from[i * width + k] as number;
  }
}
