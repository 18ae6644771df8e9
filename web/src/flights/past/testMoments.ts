// Moments and frames of the past for unit tests.
import { readFileSync } from "node:fs";
import { COLUMN, COLUMN_COUNT, KIND_COUNT, NAME_COLUMN_COUNT, NULL_VALUE, TEXT_COLUMNS } from "@flighttracker/client";
import type { Moment } from "./moment";

export interface TestAircraft {
  readonly icao24: number;
  readonly callsign?: string;
  readonly latitudeDeg: number;
  readonly longitudeDeg: number;
  readonly speedKt?: number;
  readonly trackDeg?: number;
  /** Age of the position at the moment, seconds. */
  readonly ageS?: number;
}

export function testMoment(timeMs: number, aircraft: readonly TestAircraft[]): Moment {
  const icao24 = Uint32Array.from(aircraft, (each) => each.icao24);
  const dynamic = Array.from({ length: COLUMN_COUNT }, () => new Int32Array(aircraft.length).fill(NULL_VALUE));
  const put = (column: number, value: (each: TestAircraft) => number | undefined) =>
    aircraft.forEach((each, i) => {
      (dynamic[column] as Int32Array)[i] = Math.round(value(each) ?? NULL_VALUE);
    });
  put(COLUMN.latitude, ({ latitudeDeg }) => latitudeDeg * 1e5);
  put(COLUMN.longitude, ({ longitudeDeg }) => longitudeDeg * 1e5);
  put(COLUMN.groundSpeed, ({ speedKt }) => speedKt);
  put(COLUMN.track, ({ trackDeg }) => (trackDeg === undefined ? undefined : trackDeg * 10));
  put(COLUMN.positionAge, ({ ageS }) => 10 * (ageS ?? 0));
  put(COLUMN.status, () => 0);
  return {
    timeMs,
    count: aircraft.length,
    icao24,
    texts: TEXT_COLUMNS.map(({ name, bytes }) => {
      const texts = new Uint8Array(aircraft.length * bytes);
      if (name !== "callsign") return texts;
      aircraft.forEach((each, i) => {
        texts.set(Buffer.from(each.callsign ?? "", "ascii"), i * bytes);
      });
      return texts;
    }),
    nameNumbers: Array.from({ length: NAME_COLUMN_COUNT }, () => new Uint16Array(aircraft.length)),
    kinds: Array.from({ length: KIND_COUNT }, () => new Uint8Array(aircraft.length)),
    dynamic,
    bytes: 100 * aircraft.length,
    indexOf: (wanted) => icao24.indexOf(wanted),
  };
}

const path = new URL("../../../../schemas/flighttracker_schemas/frame_vectors.json", import.meta.url);
const vectors: { name: string; frames: string[] }[] = JSON.parse(readFileSync(path, "utf8")).vectors;
const TICK_AT = 24;

/** The key frame of the shared vectors that has 300 aircraft, at another moment. */
export function keyFrameAt(timeMs: number): Uint8Array<ArrayBuffer> {
  const frames = vectors.find(({ name }) => name.startsWith("three hundred"))?.frames as string[];
  const bytes = Uint8Array.from(Buffer.from(frames[0] as string, "hex"));
  new DataView(bytes.buffer).setBigUint64(TICK_AT, BigInt(timeMs), true);
  return bytes;
}

/** A delta frame: the history has none. */
export function deltaFrame(): Uint8Array<ArrayBuffer> {
  const frames = vectors.find(({ name }) => name.startsWith("three hundred"))?.frames as string[];
  return Uint8Array.from(Buffer.from(frames[1] as string, "hex"));
}
