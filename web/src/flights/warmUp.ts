// Makes the JavaScript engine compile the decoder before the first frame arrives: without it, the key frames of a join take
// several times as long. The worker does it while the page hydrates and the socket opens, and stops at the first frame.
//
// The synthetic aircraft have varied values: code that was compiled for zeros only is discarded and compiled again at the
// first real value.
import {
  COLUMN,
  COLUMN_BYTES,
  COLUMN_COUNT,
  decodePayload,
  type FrameHeader,
  KIND_COUNT,
  NAME_COLUMN_COUNT,
  NULL_VALUE,
  TEXT_BYTES,
} from "@flighttracker/client";
import { Fleet } from "./fleet";

/** Odd, to misalign the sections of the payload. */
const AIRCRAFT = 1_501;
/** Values repeat after this many aircraft: creating distinct ones would take longer than decoding them all. */
const PATTERN = 97;
const NAMES = 40;
/** Decoding is cheap and delays the first picture; placing takes ten times as long. */
const DECODED = 24;
const PLACED = 3;
/** Like real ones: too large for the engine's small integers. */
const TICK_MS = 1_750_000_000_000;
const EPOCH = 7_000_000_000_000;
const LETTER_A = 65;

/** Decode and place synthetic frames in unused fleets, a few milliseconds at a time. */
export function* warmUp(): Generator<void> {
  const key = keyPayload();
  yield;
  const delta = deltaPayload();
  yield;
  const keyHeader = headerOf("key", key);
  const deltaHeader = headerOf("delta", delta);
  for (let round = 0; round < DECODED; round++) {
    const fleet = new Fleet();
    fleet.apply(keyHeader, decodePayload(keyHeader, key));
    if (round % (DECODED / PLACED) === 0) {
      fleet.place(keyHeader, keyHeader.tickMs + 100.5);
      fleet.takeUpdate();
      fleet.apply(deltaHeader, decodePayload(deltaHeader, delta));
      fleet.place(deltaHeader, deltaHeader.tickMs + 100.5);
      fleet.takeUpdate();
    }
    yield;
  }
}

function headerOf(kind: "key" | "delta", payload: Uint8Array): FrameHeader {
  const sequence = kind === "key" ? 0 : 1;
  const length = { payloadBytes: payload.length, inflatedBytes: payload.length };
  const stamp = { shard: 0, epoch: EPOCH, sequence, tickMs: TICK_MS + 1_000 * sequence, tickIntervalMs: 1_000 };
  return { kind, compressed: false, kinds: true, suppressed: false, rates: false, ...stamp, ...length };
}

/** Aircraft in slots 0, 1, 2 … */
function keyPayload(): Uint8Array {
  const letters = new Uint8Array(AIRCRAFT * TEXT_BYTES).fill(LETTER_A);
  const names = Array.from({ length: NAMES }, (_, i) => [2, LETTER_A + (i % 26), LETTER_A + (i >> 4)]);
  const numbers = Array.from({ length: NAME_COLUMN_COUNT }, () => planes(2, (i) => i % NAMES));
  const kinds = Array.from({ length: KIND_COUNT }, () => planes(1, (i) => i % 17));
  const columns = COLUMN_BYTES.map((width, column) => planes(width, (i) => madeUp(column, i)));
  const slots = planes(4, (i) => i, AIRCRAFT);
  const addresses = planes(3, (i) => 0x3c0000 + 97 * i, AIRCRAFT);
  return joined(counts(AIRCRAFT, 0), slots, addresses, letters, [NAMES, 0], ...names, ...numbers, ...kinds, ...columns);
}

/** Some aircraft on the ground, some of which little is known. */
function madeUp(column: number, i: number): number {
  if (i % 11 === 0 && column >= COLUMN.baroAltitude && column <= COLUMN.verticalRate) return NULL_VALUE;
  if (column === COLUMN.latitude) return ((i * 7_919) % 14_000_000) - 7_000_000;
  if (column === COLUMN.longitude) return ((i * 104_729) % 36_000_000) - 18_000_000;
  if (column === COLUMN.verticalRate) return (i % 61) - 30;
  return column === COLUMN.status ? i % 24 : (i * 31) % 1_500;
}

/** All of them move a little; columns of each form. */
function deltaPayload(): Uint8Array {
  const everyone = new Uint8Array(Math.ceil(AIRCRAFT / 8)).fill(0xff);
  everyone[everyone.length - 1] = 0xff >> (8 * everyone.length - AIRCRAFT);
  const dense = [[2], planes(2, (i) => i)];
  const sparse = [[3], everyone, planes(1, (i) => i % 250)];
  const unchanged = new Uint8Array(COLUMN_COUNT - 4);
  const noNames = [0, 0];
  return joined(counts(0, AIRCRAFT), noNames, everyone, ...dense, ...dense, ...sparse, ...sparse, unchanged);
}

function counts(adds: number, updates: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(AIRCRAFT, 0, adds, updates, 0).buffer);
}

/** A plane array of one value for each aircraft; those of the first `distinct` aircraft are repeated for the others. */
function planes(width: number, valueAt: (i: number) => number, distinct = PATTERN): Uint8Array {
  const bytes = new Uint8Array(width * AIRCRAFT);
  for (let plane = 0; plane < width; plane++) {
    const own = bytes.subarray(plane * AIRCRAFT, (plane + 1) * AIRCRAFT);
    for (let i = 0; i < distinct; i++) own[i] = (valueAt(i) >> (8 * plane)) & 0xff;
    for (let filled = distinct; filled < AIRCRAFT; filled *= 2) own.copyWithin(filled, 0, filled);
  }
  return bytes;
}

function joined(...parts: readonly ArrayLike<number>[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
