// Lets the JavaScript engine compile the decoder before the first frame is there: cold, the key frames of a join take
// several times as long. While the socket opens the worker has nothing else to do. The worker calls it once.
import { COLUMN_BYTES, COLUMN_COUNT, NAME_COLUMN_COUNT, TEXT_BYTES } from "./columns";
import { Fleet } from "./fleet";
import { decodePayload } from "./frame";
import type { FrameHeader } from "./frameHeader";

const AIRCRAFT = 2_000;
const ROUNDS = 3;

/** Decode and place made-up frames in a fleet that nobody sees. */
export function warmUp(): void {
  const key = keyPayload();
  const delta = deltaPayload();
  for (let round = 0; round < ROUNDS; round++) {
    const fleet = new Fleet();
    take(fleet, headerOf("key", key), key);
    take(fleet, headerOf("delta", delta), delta);
  }
}

function take(fleet: Fleet, header: FrameHeader, payload: Uint8Array): void {
  fleet.apply(header, decodePayload(header, payload));
  fleet.place(header, header.tickMs);
  fleet.takeUpdate();
}

function headerOf(kind: "key" | "delta", payload: Uint8Array): FrameHeader {
  const sequence = kind === "key" ? 0 : 1;
  const length = { payloadBytes: payload.length, inflatedBytes: payload.length };
  const stamp = { shard: 0, epoch: 1, sequence, tickMs: 1_000 + sequence, tickIntervalMs: 1_000 };
  return { kind, compressed: false, suppressed: false, ...stamp, ...length };
}

/** Aircraft in slots 0, 1, 2 … whose every other value is 0 or empty. */
function keyPayload(): Uint8Array {
  const columnBytes = COLUMN_BYTES.reduce<number>((sum, bytes) => sum + bytes, 0);
  const rest = new Uint8Array(AIRCRAFT * (2 * NAME_COLUMN_COUNT + columnBytes));
  const oneEmptyName = [1, 0, 0];
  return joined(counts(AIRCRAFT, 0), planes(4), planes(3), new Uint8Array(AIRCRAFT * TEXT_BYTES), oneEmptyName, rest);
}

/** All of them move a little; columns of each form. */
function deltaPayload(): Uint8Array {
  const everyone = new Uint8Array(Math.ceil(AIRCRAFT / 8)).fill(0xff);
  const dense = [2, ...new Uint8Array(2 * AIRCRAFT).fill(1)];
  const sparse = [3, ...everyone, ...new Uint8Array(AIRCRAFT).fill(1)];
  const unchanged = new Uint8Array(COLUMN_COUNT - 4);
  return joined(counts(0, AIRCRAFT), [0, 0], everyone, dense, dense, sparse, sparse, unchanged);
}

function counts(adds: number, updates: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(AIRCRAFT, 0, adds, updates, 0).buffer);
}

/** 0, 1, 2 … as a plane array. */
function planes(width: number): Uint8Array {
  return Uint8Array.from({ length: width * AIRCRAFT }, (_, at) => {
    const plane = Math.floor(at / AIRCRAFT);
    return ((at % AIRCRAFT) >> (8 * plane)) & 0xff;
  });
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
