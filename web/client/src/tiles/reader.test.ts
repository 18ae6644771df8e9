// The same vectors that the Python codec is tested with: neither codec is the reference, tiles.md is.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FrameError } from "../frameError.ts";
import { decodeTileMessage } from "./message.ts";
import { headingDeg, type Motion } from "./motion.ts";
import { TileReader } from "./reader.ts";
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
  for (const message of messages) expect(await reader.apply(bytesOf(message))).toEqual([]);
  return reader;
}

describe("tile_vectors.json", () => {
  test.each(vectors)("$name", async ({ class: zoom, messages, kinds, shown }) => {
    const reader = await read(zoom, messages);
    const known = [...reader.aircraft].map(([icao24, { category, addressType }]) => [
      hex(icao24),
      [category, addressType],
    ]);
    expect(Object.fromEntries(known)).toEqual(kinds);
    for (const [tick, aircraft] of Object.entries(shown)) {
      for (const [icao24, motion] of Object.entries(aircraft)) {
        expect([...(reader.shown(Number.parseInt(icao24, 16), Number(tick)) ?? [])], `${icao24} at ${tick}`).toEqual(
          motion,
        );
      }
    }
  });

  test.each(rejected)("rejected: $name", async ({ message }) => {
    await expect(decodeTileMessage(bytesOf(message))).rejects.toThrow(FrameError);
  });

  test("a message cut or changed anywhere is rejected or another valid one, and never hangs", async () => {
    const message = bytesOf(vectors[1]?.messages[1] ?? "");
    for (let place = 0; place < message.length; place++) {
      const broken = message.slice();
      broken[place] = (broken[place] as number) ^ 0x55;
      await decodeTileMessage(broken).catch((error: unknown) => expect(error).toBeInstanceOf(FrameError));
      await expect(decodeTileMessage(message.slice(0, place))).rejects.toThrow(FrameError);
    }
  });
});

test("a reader without the tile, or with a gap, names it and keeps what it has", async () => {
  const { messages } = vectors[0] as Vectors["vectors"][0];
  const reader = new TileReader(CLASSES[4] as ZoomClass);
  expect(await reader.apply(bytesOf(messages[1] as string))).toEqual([1_048_577]);
  expect(reader.aircraft.size).toBe(0);
});

test("a forgotten tile takes its aircraft with it", async () => {
  const { messages } = vectors[0] as Vectors["vectors"][0];
  const reader = await read(4, messages.slice(0, 1));
  reader.forget(1_048_577);
  expect(reader.aircraft.size).toBe(0);
  expect(reader.shown(0x3c6444, 1_001)).toBeNull();
});

test("only a slow aircraft has a heading of its own", () => {
  const motion = (x: number, y: number, heading: number) => Int32Array.of(0, 0, x, y, 0, 0, heading, 0, 0) as Motion;
  expect(headingDeg(motion(7, 0, 64))).toBe(90);
  expect(headingDeg(motion(-100, 0, 0))).toBe(270);
  expect(headingDeg(motion(0, -100, 0))).toBe(0);
});

test("a zoom has the class that is exact for it", () => {
  expect([0, 4, 4.5, 8, 13, 17].map((zoom) => classOfZoom(zoom).number)).toEqual([0, 0, 1, 2, 4, 4]);
});

function hex(icao24: number): string {
  return icao24.toString(16).padStart(6, "0");
}
