// The same vectors that the Python codec is tested with: neither codec is the reference, tiles.md is.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FrameError } from "../frameError.ts";
import { decodeTileMessages, type TileMessage } from "./message.ts";
import { headingDeg, MOTION_COUNT, type Motion } from "./motion.ts";
import { type TileNews, TileReader } from "./reader.ts";
import { CLASSES, classOfZoom, type ZoomClass } from "./zoomClass.ts";

interface Vectors {
  vectors: {
    name: string;
    class: number;
    messages: string[];
    kinds: Record<string, [number, number]>;
    shown: Record<string, Record<string, number[]>>;
  }[];
  rejected: { name: string; message: string }[];
}

const path = new URL("../../../../schemas/flighttracker_schemas/tile_vectors.json", import.meta.url);
const { vectors, rejected } = JSON.parse(readFileSync(path, "utf8")) as Vectors;

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

async function read(zoom: number, messages: readonly string[]): Promise<TileReader> {
  const reader = new TileReader(CLASSES[zoom] as ZoomClass);
  for (const message of messages) expect((await apply(reader, message)).missing).toEqual([]);
  return reader;
}

async function apply(reader: TileReader, hex: string): Promise<TileNews> {
  const [message] = await decodeTileMessages(bytesOf(hex));
  return reader.apply(message as TileMessage);
}

/** The motion that is shown at a tick; null for an aircraft that is not known. */
function motionAt(reader: TileReader, icao24: number, tick: number): number[] | null {
  const motion: Motion = new Int32Array(MOTION_COUNT);
  return reader.shownAt(icao24, tick * reader.intervalMs, motion) ? [...motion] : null;
}

describe("tile_vectors.json", () => {
  test.each(vectors)("$name", async ({ class: zoom, messages, kinds, shown }) => {
    const reader = await read(zoom, messages);
    const known = [...reader.addresses()].map((icao24) => [hex(icao24), reader.kindsOf(icao24)]);
    expect(Object.fromEntries(known)).toEqual(kinds);
    for (const [tick, aircraft] of Object.entries(shown)) {
      for (const [icao24, motion] of Object.entries(aircraft)) {
        expect(motionAt(reader, Number.parseInt(icao24, 16), Number(tick)), `${icao24} at ${tick}`).toEqual(motion);
      }
    }
  });

  test.each(rejected)("rejected: $name", async ({ message }) => {
    await expect(decodeTileMessages(bytesOf(message))).rejects.toThrow(FrameError);
  });

  test("a message cut or changed anywhere is rejected or another valid one, and never hangs", async () => {
    const message = bytesOf(vectors[1]?.messages[1] ?? "");
    for (let place = 0; place < message.length; place++) {
      const broken = message.slice();
      broken[place] = (broken[place] as number) ^ 0x55;
      await decodeTileMessages(broken).catch((error: unknown) => expect(error).toBeInstanceOf(FrameError));
      await expect(decodeTileMessages(message.slice(0, place))).rejects.toThrow(FrameError);
    }
  });
});

test("a reader without the tile, or with a gap, names it and keeps what it has", async () => {
  const { messages } = vectors[0] as Vectors["vectors"][0];
  const reader = new TileReader(CLASSES[4] as ZoomClass);
  expect((await apply(reader, messages[1] as string)).missing).toEqual([1_048_577]);
  expect(reader.count).toBe(0);
});

test("a forgotten tile takes its aircraft with it", async () => {
  const { messages } = vectors[0] as Vectors["vectors"][0];
  const reader = await read(4, messages.slice(0, 1));
  expect(reader.forget(1_048_577)).toEqual([0x3c6444]);
  expect(reader.count).toBe(0);
  expect(motionAt(reader, 0x3c6444, 1_001)).toBeNull();
});

test("the messages of several classes stand one after the other", async () => {
  const [first, second] = [vectors[1], vectors[2]].map((vector) => vector?.messages[0] as string);
  const messages = await decodeTileMessages(bytesOf(`${first}${second}`));
  expect(messages.map(({ header }) => header.zoom.number)).toEqual([0, 1]);
  await expect(decodeTileMessages(bytesOf(`${first}46`))).rejects.toThrow(FrameError);
});

test("a message of a later version is told from a damaged one", async () => {
  const reasonOf = (bytes: Uint8Array<ArrayBuffer>) =>
    decodeTileMessages(bytes).catch((error: FrameError) => error.reason);
  const later = bytesOf(vectors[0]?.messages[0] ?? "");
  later[2] = 0x34;
  expect(await reasonOf(later)).toBe("version");
  later[0] = 0;
  expect(await reasonOf(later)).toBe("magic");
});

test("another epoch forgets everything", async () => {
  const { messages } = vectors[0] as Vectors["vectors"][0];
  const reader = await read(4, messages.slice(0, 1));
  const other = bytesOf(messages[1] as string);
  other[4] = (other[4] as number) ^ 1;
  const [message] = await decodeTileMessages(other);
  expect(reader.apply(message as TileMessage)).toEqual({
    missing: [1_048_577],
    heard: [],
    entered: [],
    left: [0x3c6444],
  });
  expect(reader.count).toBe(0);
});

test("only a slow aircraft has a heading of its own", () => {
  const motion = (x: number, y: number, heading: number) => Int32Array.of(0, 0, x, y, 0, 0, heading, 0, 0) as Motion;
  expect(headingDeg(motion(7, 0, 64))).toBe(90);
  expect(headingDeg(motion(-100, 0, 0))).toBe(270);
  expect(headingDeg(motion(0, -100, 0))).toBe(0);
});

test("a part that is late takes no aircraft from the tile where it is by now", () => {
  const reader = new TileReader(CLASSES[1] as ZoomClass);
  const additions = (x: number) => ({
    icao24: Uint32Array.of(1),
    categories: new Uint8Array(1),
    addressTypes: new Uint8Array(1),
    elapsed: new Uint32Array(1),
    motions: Array.from({ length: MOTION_COUNT }, (_, number) => Int32Array.of(number === 0 ? x : 0)),
  });
  const key = (tile: number, tick: number, x: number): TileMessage => ({
    header: { zoom: CLASSES[1] as ZoomClass, epoch: 1, tick, intervalMs: 2_000 },
    parts: [
      {
        tile,
        since: 0,
        isKey: true,
        removes: new Uint32Array(0),
        adds: additions(x),
        updates: { icao24: new Uint32Array(0), differences: [] },
      },
    ],
  });
  reader.apply(key(3, 10, 500));
  expect(reader.apply(key(4, 9, 400)).heard).toEqual([]);
  expect(motionAt(reader, 1, 10)?.[0]).toBe(500);
  reader.apply(key(4, 11, 420));
  expect(motionAt(reader, 1, 11)?.[0]).toBe(420);
});

test("a zoom has the class that is exact for it", () => {
  expect([0, 4, 4.5, 8, 13, 17].map((zoom) => classOfZoom(zoom).number)).toEqual([0, 0, 1, 2, 4, 4]);
});

function hex(icao24: number): string {
  return icao24.toString(16).padStart(6, "0");
}
