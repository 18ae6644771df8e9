// The same vectors that the Python codec is tested with: neither codec is the reference, tiles.md is.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FrameError } from "../frameError.ts";
import { decodeTileMessages, type TileAdditions, type TileMessage } from "./message.ts";
import { headingDeg, MOTION, MOTION_COUNT, type Motion, predict } from "./motion.ts";
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
  await expect(decodeTileMessages(bytesOf(`${first}f3`))).rejects.toThrow(FrameError);
});

test("a message of a later version is told from a damaged one", async () => {
  const reasonOf = (bytes: Uint8Array<ArrayBuffer>) =>
    decodeTileMessages(bytes).catch((error: FrameError) => error.reason);
  const later = bytesOf(vectors[0]?.messages[0] ?? "");
  later[0] = 0xf4;
  expect(await reasonOf(later)).toBe("version");
  later[0] = 0;
  expect(await reasonOf(later)).toBe("magic");
});

test("another epoch forgets everything", async () => {
  const { messages } = vectors[0] as Vectors["vectors"][0];
  const reader = await read(4, messages.slice(0, 1));
  const other = bytesOf(messages[1] as string);
  other[2] = (other[2] as number) ^ 1;
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

test("between two ticks an aircraft is on its straight way from the place at one to that at the other", () => {
  // The gateway keeps both within half a pixel of the aircraft, and so all between them.
  const chance = randomBelow(7);
  for (const zoom of CLASSES) {
    for (let run = 0; run < 100; run++) {
      const motion = new Int32Array(MOTION_COUNT) as Motion;
      motion[MOTION.x] = motion[MOTION.y] = 2 ** (zoom.positionBits - 1);
      motion[MOTION.velocityX] = chance(4_000) - 2_000;
      motion[MOTION.velocityY] = chance(4_000) - 2_000;
      const [sentTenths, intervalTenths] = [chance(600), 10 * (1 + chance(5))];
      const shown = (tenths: number) => {
        const out = new Int32Array(MOTION_COUNT) as Motion;
        predict(motion, 0, tenths, zoom, out);
        return [out[MOTION.x] as number, out[MOTION.y] as number] as const;
      };
      const [from, to] = [shown(sentTenths), shown(sentTenths + intervalTenths)];
      for (let tenths = 1; tenths < intervalTenths; tenths++) {
        const share = tenths / intervalTenths;
        const now = shown(sentTenths + tenths);
        for (const axis of [0, 1] as const) {
          const onTheWay = from[axis] + share * (to[axis] - from[axis]);
          expect(Math.abs(now[axis] - onTheWay)).toBeLessThanOrEqual(1);
        }
      }
    }
  }
});

type Placed = readonly [number, number];

/** Aircraft as address and x. */
function additions(aircraft: readonly Placed[]): TileAdditions {
  return {
    icao24: Uint32Array.from(aircraft, ([icao24]) => icao24),
    categories: new Uint8Array(aircraft.length),
    addressTypes: new Uint8Array(aircraft.length),
    elapsed: new Uint32Array(aircraft.length),
    motions: alongX(aircraft),
  };
}

function alongX(values: readonly Placed[]): Int32Array[] {
  return Array.from({ length: MOTION_COUNT }, (_, number) =>
    Int32Array.from(values, ([, x]) => (number === MOTION.x ? x : 0)),
  );
}

function partOf(
  tile: number,
  tick: number,
  since: number,
  changes: { removes: readonly number[]; adds: readonly Placed[]; updates: readonly Placed[] },
): TileMessage {
  const part = {
    tile,
    since,
    isKey: since === 0,
    removes: Uint32Array.from(changes.removes),
    adds: additions(changes.adds),
    updates: { places: Uint32Array.from(changes.updates, ([place]) => place), differences: alongX(changes.updates) },
  };
  return { header: { zoom: CLASSES[1] as ZoomClass, epoch: 1, tick, intervalMs: 2_000 }, parts: [part] };
}

function keyOf(tile: number, tick: number, ...adds: readonly Placed[]): TileMessage {
  return partOf(tile, tick, 0, { removes: [], adds, updates: [] });
}

test("a part that is late takes no aircraft from the tile where it is by now", () => {
  const reader = new TileReader(CLASSES[1] as ZoomClass);
  reader.apply(keyOf(3, 10, [1, 500]));
  expect(reader.apply(keyOf(4, 9, [1, 400])).heard).toEqual([]);
  expect(motionAt(reader, 1, 10)?.[0]).toBe(500);
  reader.apply(keyOf(4, 11, [1, 420]));
  expect(motionAt(reader, 1, 11)?.[0]).toBe(420);
});

test("places are those before the part, and what another tile has by now is not changed", () => {
  const reader = new TileReader(CLASSES[1] as ZoomClass);
  reader.apply(keyOf(3, 10, [1, 100], [2, 200], [5, 500]));
  reader.apply(keyOf(4, 12, [2, 210]));
  const { left, heard } = reader.apply(
    partOf(3, 11, 1, {
      removes: [0],
      adds: [[4, 400]],
      updates: [
        [1, 7],
        [2, 9],
      ],
    }),
  );
  expect([left, heard]).toEqual([[1], [4, 5]]);
  expect([4, 5].map((icao24) => motionAt(reader, icao24, 11)?.[0])).toEqual([400, 509]);
  expect(motionAt(reader, 2, 12)?.[0]).toBe(210);
  expect(reader.apply(partOf(3, 12, 1, { removes: [0], adds: [], updates: [[2, 1]] }))).toMatchObject({
    left: [],
    heard: [5],
  });
  expect(reader.forget(3)).toEqual([4, 5]);
  expect(reader.count).toBe(1);
});

test("a place that the tile does not have is rejected, and changes nothing", () => {
  const reader = new TileReader(CLASSES[1] as ZoomClass);
  reader.apply(keyOf(3, 10, [1, 100], [2, 200]));
  for (const changes of [{ removes: [2] }, { updates: [[2, 1]] as const }]) {
    const part = partOf(3, 11, 1, { removes: [], adds: [], updates: [], ...changes });
    expect(() => reader.apply(part)).toThrow(FrameError);
  }
  expect([reader.count, reader.tiles.get(3)]).toEqual([2, 10]);
});

test("whatever is missing, late or doubled, no aircraft is elsewhere", async () => {
  const { messages } = vectors[2] as Vectors["vectors"][0];
  const decoded = (await Promise.all(messages.map((message) => decodeTileMessages(bytesOf(message))))).flat();
  const addresses = new Set(decoded.flatMap(({ parts }) => parts.flatMap(({ adds }) => [...adds.icao24])));
  const truth = new Map<number, Map<number, number[] | null>>();
  const whole = new TileReader(CLASSES[1] as ZoomClass);
  for (const message of decoded) {
    const { tick } = message.header;
    whole.apply(message);
    truth.set(tick, new Map([...addresses].map((icao24) => [icao24, motionAt(whole, icao24, tick)])));
  }
  const parts = decoded.flatMap(({ header, parts }) => parts.map((part) => ({ header, parts: [part] })));
  let compared = 0;
  const chance = randomBelow(1);
  for (let run = 0; run < 200; run++) {
    const reader = new TileReader(CLASSES[1] as ZoomClass);
    for (let at = 0; at < parts.length; at++) {
      if (chance(8) === 0) continue;
      const place = Math.max(0, Math.min(parts.length - 1, at + (run % 2 === 0 ? 0 : chance(5) - 2)));
      reader.apply(parts[place] as TileMessage);
      for (const [tile, tick] of reader.tiles) {
        for (const icao24 of addresses) {
          if (!reader.isIn(icao24, tile)) continue;
          compared++;
          expect(motionAt(reader, icao24, tick)).toEqual(truth.get(tick)?.get(icao24));
        }
      }
    }
  }
  expect(compared).toBeGreaterThan(1_000);
});

test("a zoom has the class that is exact for it", () => {
  expect([0, 4, 4.5, 8, 13, 17].map((zoom) => classOfZoom(zoom).number)).toEqual([0, 0, 1, 2, 4, 4]);
});

/** Return a function that returns integers below a limit, always the same ones for a seed. */
function randomBelow(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

function hex(icao24: number): string {
  return icao24.toString(16).padStart(6, "0");
}
