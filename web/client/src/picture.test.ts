// The picture of a client, fed with the frame vectors that every codec is tested with.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodePayload, type FrameContent } from "./frame.ts";
import { type FrameHeader, splitFrames } from "./frameHeader.ts";
import { inflatePayload } from "./inflate.ts";
import { type Box, Picture } from "./picture.ts";

const path = new URL("../../../schemas/flighttracker_schemas/frame_vectors.json", import.meta.url);
const { vectors } = JSON.parse(readFileSync(path, "utf8")) as {
  vectors: { name: string; frames: string[]; state: { flights: { icao24: string; callsign: string }[] } }[];
};

async function framesOf(hex: string): Promise<{ header: FrameHeader; content: FrameContent }[]> {
  const frames = splitFrames(Uint8Array.from(Buffer.from(hex, "hex")));
  return Promise.all(
    frames.map(async (frame) => ({
      header: frame.header,
      content: decodePayload(frame.header, await inflatePayload(frame)),
    })),
  );
}

async function filled(box: Box | null, frames: readonly string[]): Promise<Picture> {
  const picture = new Picture(box);
  for (const hex of frames) for (const { header, content } of await framesOf(hex)) picture.apply(header, content);
  return picture;
}

const three = vectors.find(({ name }) => name.startsWith("three hundred")) as (typeof vectors)[number];

test.each(vectors)("has the aircraft of $name", async ({ frames, state }) => {
  const picture = await filled(null, frames);
  expect([...picture.flights.keys()].sort()).toEqual(state.flights.map(({ icao24 }) => icao24).sort());
  for (const { icao24, callsign } of state.flights) expect(picture.flights.get(icao24)?.callsign).toBe(callsign);
  expect(picture.take().changed.length).toBe(picture.flights.size);
  expect(picture.take()).toEqual({ changed: [], removed: [], gap: null });
});

test("a key frame that has the same aircraft removes none", async () => {
  const picture = await filled(null, three.frames.slice(0, 1));
  const [key] = await framesOf(three.frames[0] as string);
  const { header, content } = key as NonNullable<typeof key>;
  const count = picture.flights.size;
  picture.take();
  picture.apply({ ...header, epoch: header.epoch + 1 }, content);
  expect(picture.flights.size).toBe(count);
  expect(picture.take()).toEqual({ changed: [], removed: [], gap: null });
});

test("a key frame without an aircraft removes it", async () => {
  const picture = await filled(null, three.frames.slice(0, 1));
  const [key] = await framesOf(three.frames[0] as string);
  const [empty] = await framesOf(vectors.find(({ name }) => name.startsWith("an empty"))?.frames[0] as string);
  const { header } = key as NonNullable<typeof key>;
  const count = picture.flights.size;
  picture.take();
  picture.apply({ ...header, sequence: header.sequence + 1 }, (empty as NonNullable<typeof empty>).content);
  expect(picture.take().removed.length).toBe(count);
  expect(picture.flights.size).toBe(0);
});

test("missed ticks are a gap", async () => {
  const picture = await filled(null, three.frames.slice(0, 1));
  const [key] = await framesOf(three.frames[0] as string);
  const { header, content } = key as NonNullable<typeof key>;
  picture.take();
  const laterMs = header.tickMs + 5 * header.tickIntervalMs;
  picture.apply({ ...header, sequence: header.sequence + 5, tickMs: laterMs }, content);
  expect(picture.take().gap).toEqual({ sinceMs: header.tickMs, untilMs: laterMs });
  expect(picture.timeMs).toBe(laterMs);
});

test.each<[Box, (longitude: number) => boolean]>([
  [[0, -90, 180, 90], (longitude) => longitude >= 0 || longitude === -180],
  [[170, -90, -170, 90], (longitude) => longitude >= 170 || longitude <= -170],
])("a box %j has only its aircraft", async (box, isInside) => {
  const everywhere = await filled(null, three.frames);
  const picture = await filled(box, three.frames);
  const expected = [...everywhere.flights.values()].filter(({ longitudeDeg }) => isInside(longitudeDeg));
  expect([...picture.flights.keys()].sort()).toEqual(expected.map(({ icao24 }) => icao24).sort());
});
