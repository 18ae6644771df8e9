// One moment of the past: the aircraft of a key frame, kept as the frame has them. Texts and names belong to the moment,
// because an aircraft may have another callsign an hour later.
import {
  COLUMN,
  decodePayload,
  type Frame,
  FrameError,
  inflatePayload,
  MILLISECONDS_PER_AGE_UNIT,
  type NameTable,
} from "@flighttracker/client";

export interface Moment {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly count: number;
  readonly icao24: Uint32Array;
  /** One array for each of TEXT_COLUMNS: fixed-width ASCII. */
  readonly texts: readonly Uint8Array[];
  /** One array for each of NAME_COLUMNS: numbers in the session's name table. */
  readonly nameNumbers: readonly Uint16Array[];
  /** Category and address type; null where the frame has none. */
  readonly kinds: readonly Uint8Array[] | null;
  /** One array for each of COLUMN, as stored. */
  readonly dynamic: readonly Int32Array[];
  readonly bytes: number;
  /** The index of an address, −1 if the aircraft is not there. */
  indexOf(icao24: number): number;
}

/** Rough size of an aircraft's numbers beside the payload that its texts lie in. */
const BYTES_PER_AIRCRAFT = 100;

/** Decode a key frame. A delta or a damaged frame throws a FrameError. */
export async function decodeMoment(frame: Frame, names: NameTable): Promise<Moment> {
  const { header } = frame;
  if (header.kind !== "key") throw new FrameError("kind", "a moment of the past is a delta frame");
  const payload = await inflatePayload(frame);
  const { additions } = decodePayload(header, payload);
  const numbers = names.numbersOf(additions.names);
  return momentOf(header.tickMs, payload.byteLength, {
    icao24: additions.icao24,
    texts: additions.texts,
    nameNumbers: additions.nameNumbers.map((column) => Uint16Array.from(column, (name) => numbers[name] as number)),
    kinds: additions.kinds,
    dynamic: additions.dynamic,
  });
}

/** A moment without aircraft: nothing was kept then. */
export function emptyMoment(timeMs: number): Moment {
  return momentOf(timeMs, 0, { icao24: new Uint32Array(0), texts: [], nameNumbers: [], kinds: null, dynamic: [] });
}

type Columns = Pick<Moment, "icao24" | "texts" | "nameNumbers" | "kinds" | "dynamic">;

export function momentOf(timeMs: number, payloadBytes: number, columns: Columns): Moment {
  const { icao24 } = columns;
  let index: Map<number, number> | null = null;
  const indexed = () => {
    const made = new Map<number, number>();
    for (let i = 0; i < icao24.length; i++) made.set(icao24[i] as number, i);
    return made;
  };
  return {
    ...columns,
    timeMs,
    count: icao24.length,
    bytes: payloadBytes + icao24.length * BYTES_PER_AIRCRAFT,
    indexOf: (wanted) => {
      index ??= indexed();
      return index.get(wanted) ?? -1;
    },
  };
}

/** When the position of an aircraft was measured, milliseconds since 1970. */
export function positionTimeMs(moment: Moment, i: number): number {
  const age = (moment.dynamic[COLUMN.positionAge] as Int32Array)[i] as number;
  return moment.timeMs - age * MILLISECONDS_PER_AGE_UNIT;
}
