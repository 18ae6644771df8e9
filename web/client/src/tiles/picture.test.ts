// What stays on the map while tiles come and go, with messages as the decoder returns them.
import { expect, test } from "vitest";
import type { TileAdditions, TileMessage, TilePart } from "./message.ts";
import { MOTION, MOTION_COUNT, type Motion } from "./motion.ts";
import { TilePicture } from "./picture.ts";
import { CLASSES, type ZoomClass } from "./zoomClass.ts";

const [WORLD, EUROPE, COUNTRY] = CLASSES as [ZoomClass, ZoomClass, ZoomClass];
const EPOCH = 7;

interface Aircraft {
  readonly icao24: number;
  readonly x: number;
}

function additions(aircraft: readonly Aircraft[]): TileAdditions {
  return {
    icao24: Uint32Array.from(aircraft, ({ icao24 }) => icao24),
    categories: new Uint8Array(aircraft.length),
    addressTypes: new Uint8Array(aircraft.length),
    elapsed: new Uint32Array(aircraft.length),
    motions: Array.from({ length: MOTION_COUNT }, (_, number) =>
      Int32Array.from(aircraft, ({ x }) => (number === MOTION.x ? x : 0)),
    ),
  };
}

function key(tile: number, ...aircraft: readonly Aircraft[]): TilePart {
  return { tile, since: 0, isKey: true, removes: new Uint32Array(0), adds: additions(aircraft), updates: NO_UPDATES };
}

/** A part with changes; `removes` are places in the tile. */
function delta(tile: number, since: number, removes: readonly number[], ...adds: readonly Aircraft[]): TilePart {
  return { tile, since, isKey: false, removes: Uint32Array.from(removes), adds: additions(adds), updates: NO_UPDATES };
}

const NO_UPDATES = { places: new Uint32Array(0), differences: [] };

function message(zoom: ZoomClass, tick: number, ...parts: readonly TilePart[]): TileMessage {
  return { header: { zoom, epoch: EPOCH, tick, intervalMs: zoom === WORLD ? 5_000 : 1_000 }, parts };
}

/** The class that an aircraft is shown by, and its x. */
function shown(picture: TilePicture, icao24: number): readonly [number, number] | null {
  const motion: Motion = new Int32Array(MOTION_COUNT);
  const zoom = picture.shownAt(icao24, 1_000_000, motion);
  return zoom === null ? null : [zoom.number, motion[MOTION.x] as number];
}

function withTile(): TilePicture {
  const picture = new TilePicture();
  picture.apply(message(WORLD, 1, key(0, { icao24: 1, x: 100 }, { icao24: 2, x: 200 })), 0);
  picture.follow({ zoom: EUROPE, tiles: [3] }, 0);
  picture.apply(message(EUROPE, 5, key(3, { icao24: 1, x: 401 })), 0);
  return picture;
}

test("the finest class that has an aircraft shows it", () => {
  const picture = withTile();
  expect(shown(picture, 1)).toEqual([1, 401]);
  expect(shown(picture, 2)).toEqual([0, 200]);
  expect(shown(picture, 3)).toBeNull();
  expect(picture.count).toBe(2);
});

test("an aircraft that leaves the tiles in view is shown by class 0 again", () => {
  const picture = withTile();
  const { gone, heard } = picture.apply(message(EUROPE, 6, delta(3, 1, [0])), 0);
  expect([...gone]).toEqual([]);
  expect([...heard]).toEqual([1]);
  expect(shown(picture, 1)).toEqual([0, 100]);
});

test("tiles that are left stay until those that replace them have all arrived", () => {
  const picture = withTile();
  expect([...picture.follow({ zoom: COUNTRY, tiles: [7, 8] }, 0)]).toEqual([]);
  picture.apply(message(COUNTRY, 6, key(7)), 0);
  expect(shown(picture, 1)).toEqual([1, 401]);
  const { heard, gone } = picture.apply(message(COUNTRY, 6, key(8, { icao24: 2, x: 802 })), 0);
  expect(shown(picture, 1)).toEqual([0, 100]);
  expect(shown(picture, 2)).toEqual([2, 802]);
  expect([...heard].sort()).toEqual([1, 2]);
  expect([...gone]).toEqual([]);
});

test("tiles that are left do not stay forever if none replace them", () => {
  const picture = withTile();
  picture.follow({ zoom: COUNTRY, tiles: [7] }, 0);
  picture.apply(message(WORLD, 2), 9_999);
  expect(shown(picture, 1)).toEqual([1, 401]);
  picture.apply(message(WORLD, 3), 10_000);
  expect(shown(picture, 1)).toEqual([0, 100]);
});

test("at the zooms of class 0 nothing else is needed", () => {
  const picture = withTile();
  expect([...picture.follow({ zoom: WORLD, tiles: [] }, 0)]).toEqual([1]);
  expect(shown(picture, 1)).toEqual([0, 100]);
});

test("parts of a tile that was left meanwhile are not applied", () => {
  const picture = withTile();
  picture.follow({ zoom: EUROPE, tiles: [4] }, 0);
  picture.apply(message(EUROPE, 6, key(3, { icao24: 1, x: 500 })), 0);
  expect(shown(picture, 1)).toEqual([1, 401]);
});

test("what leaves the world leaves the tiles that are only kept", () => {
  const picture = withTile();
  picture.follow({ zoom: COUNTRY, tiles: [7] }, 0);
  const { gone } = picture.apply(message(WORLD, 2, delta(0, 1, [0])), 0);
  expect([...gone]).toEqual([1]);
  expect(shown(picture, 1)).toBeNull();
});

test("a new aircraft, or one of which class 0 knows something else, has entered", () => {
  const picture = withTile();
  const { entered, isWorld } = picture.apply(message(WORLD, 2, delta(0, 1, [1], { icao24: 2, x: 9 })), 0);
  expect([entered, isWorld]).toEqual([[2], false]);
  expect(picture.apply(message(EUROPE, 6, delta(3, 1, [], { icao24: 5, x: 9 })), 0).entered).toEqual([]);
  expect(picture.apply(message(WORLD, 3, key(0, { icao24: 1, x: 1 })), 0)).toMatchObject({
    entered: [],
    isWorld: true,
  });
});

test("parts before the key of a tile are dropped, and are no gap", () => {
  const picture = withTile();
  picture.follow({ zoom: EUROPE, tiles: [3, 4] }, 0);
  expect(picture.lacksTiles).toBe(true);
  const { isGap, heard } = picture.apply(message(EUROPE, 6, delta(4, 1, [], { icao24: 2, x: 7 })), 0);
  expect([isGap, heard.size]).toEqual([false, 0]);
  picture.apply(message(EUROPE, 6, key(4, { icao24: 2, x: 8 })), 0);
  expect(picture.lacksTiles).toBe(false);
  expect(shown(picture, 2)).toEqual([1, 8]);
});

test("a gap is reported, and changes nothing", () => {
  const picture = withTile();
  const { isGap, heard } = picture.apply(message(EUROPE, 9, delta(3, 2, [0])), 0);
  expect([isGap, heard.size]).toEqual([true, 0]);
  expect(shown(picture, 1)).toEqual([1, 401]);
});

/** The same message from another gateway. */
function ofAnother({ header, parts }: TileMessage): TileMessage {
  return { header: { ...header, epoch: EPOCH + 1 }, parts };
}

test("another epoch forgets the aircraft of all classes", () => {
  const picture = withTile();
  const { gone, heard } = picture.apply(ofAnother(message(WORLD, 1, key(0, { icao24: 2, x: 201 }))), 0);
  expect([[...gone], [...heard]]).toEqual([[1], [2]]);
  expect(shown(picture, 2)).toEqual([0, 201]);
});

test("after a reconnect to another gateway, aircraft stay as exact as they were until its tiles have come", () => {
  const picture = withTile();
  const world = message(WORLD, 1, key(0, { icao24: 1, x: 101 }, { icao24: 2, x: 201 }));
  expect([...picture.apply(ofAnother(world), 0).gone]).toEqual([]);
  expect(shown(picture, 1)).toEqual([1, 401]);
  expect(shown(picture, 2)).toEqual([0, 201]);
  const { heard } = picture.apply(ofAnother(message(EUROPE, 6, key(3, { icao24: 2, x: 802 }))), 0);
  expect([...heard].sort()).toEqual([1, 2]);
  expect(shown(picture, 1)).toEqual([0, 101]);
  expect(shown(picture, 2)).toEqual([1, 802]);
});

test("tiles of the gateway before do not stay forever if none replace them", () => {
  const picture = withTile();
  picture.apply(ofAnother(message(WORLD, 1, key(0, { icao24: 1, x: 101 }))), 0);
  picture.apply(ofAnother(message(WORLD, 2)), 10_000);
  expect(shown(picture, 1)).toEqual([0, 101]);
});
