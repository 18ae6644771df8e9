// Decodes messages of `flights.v3`: a header, then one part for each tile that has news (tiles.md). Pure; a message that
// is rejected changes nothing, because nothing is applied here.
import { ByteReader } from "../byteReader.ts";
import { FrameError } from "../frameError.ts";
import type { FrameHeader } from "../frameHeader.ts";
import { inflatePayload } from "../inflate.ts";
import { BitReader, MOST_COUNT } from "./bitReader.ts";
import { MOTION, MOTION_COUNT, modulo } from "./motion.ts";
import { CLASSES, type ZoomClass } from "./zoomClass.ts";

const MAGIC = 0xf3;
/** What messages of all versions begin with. */
const MAGIC_OF_ALL = 0xf0;
/** Ticks since the previous part, in a key part. */
const OF_KEY = 0;
const MAX_PARTS = 4_096;
const MAX_INTERVAL = 0xffff;
const MAX_BODY_BYTES = 64 * 1024 * 1024;
const MAX_ADDRESSES = 2 ** 24;
const KIND_COUNT = 2;
const TENTH_MS = 100;
const NO_UPDATES: TileUpdates = { places: new Uint32Array(0), differences: [] };

export interface TileHeader {
  readonly zoom: ZoomClass;
  readonly epoch: number;
  readonly tick: number;
  readonly intervalMs: number;
}

export interface TileAdditions {
  readonly icao24: Uint32Array;
  readonly categories: Uint8Array;
  readonly addressTypes: Uint8Array;
  /** Ticks since the motion was sent. */
  readonly elapsed: Uint32Array;
  /** One array for each number of a motion. */
  readonly motions: readonly Int32Array[];
}

export interface TileUpdates {
  /** See TilePart.removes. */
  readonly places: Uint32Array;
  /** One array for each number of a motion. */
  readonly differences: readonly Int32Array[];
}

export interface TilePart {
  readonly tile: number;
  /** Ticks since the tile's previous part. */
  readonly since: number;
  readonly isKey: boolean;
  /** Places of aircraft among those that the tile had before, by ascending address. */
  readonly removes: Uint32Array;
  readonly adds: TileAdditions;
  readonly updates: TileUpdates;
}

export interface TileMessage {
  readonly header: TileHeader;
  readonly parts: readonly TilePart[];
}

interface Packed {
  readonly tile: number;
  readonly since: number;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Of the body of a key part. */
  readonly inflatedBytes: number;
}

/**
 * Decode the messages that stand one after the other in a WebSocket message: one for each class.
 *
 * @throws FrameError with the reason `version` if they are of another version, and with others if one is damaged.
 */
export async function decodeTileMessages(bytes: Uint8Array<ArrayBuffer>): Promise<TileMessage[]> {
  const reader = new ByteReader(bytes);
  const unpacked: Unpacked[] = [];
  do unpacked.push(unpack(reader));
  while (reader.remaining > 0);
  return Promise.all(
    unpacked.map(async ({ header, packed }) => ({
      header,
      parts: await Promise.all(packed.map((part) => readPart(header.zoom, part))),
    })),
  );
}

interface Unpacked {
  readonly header: TileHeader;
  readonly packed: readonly Packed[];
}

function unpack(reader: ByteReader): Unpacked {
  const magic = reader.u8();
  if ((magic & 0xf0) === MAGIC_OF_ALL && magic !== MAGIC) {
    throw new FrameError("version", "the message is of another version than flights.v3");
  }
  if (magic !== MAGIC) throw new FrameError("magic", "this is no message of tiles");
  const number = reader.u8();
  const zoom = CLASSES[number];
  if (zoom === undefined) throw new FrameError("tile", `class ${number} is unknown`);
  const [epoch, tick, interval, count] = [reader.u32(), reader.u32(), reader.varint(), reader.varint()];
  if (interval === 0 || interval > MAX_INTERVAL) {
    throw new FrameError("length", `the interval of a class is ${interval}`);
  }
  if (count > MAX_PARTS) throw new FrameError("count", `a message of ${count} tiles is larger than ${MAX_PARTS}`);
  const packed = Array.from({ length: count }, () => {
    const [tile, since, length] = [reader.varint(), reader.varint(), reader.varint()];
    const inflatedBytes = since === OF_KEY ? reader.varint() : 0;
    if (tile >= 4 ** zoom.tileZoom) throw new FrameError("tile", `tile ${tile} is not one of class ${zoom.number}`);
    if (inflatedBytes > MAX_BODY_BYTES) throw new FrameError("length", `a tile of ${inflatedBytes} bytes is too large`);
    return { tile, since, inflatedBytes, body: reader.take(length) as Uint8Array<ArrayBuffer> };
  });
  return { header: { zoom, epoch, tick, intervalMs: interval * TENTH_MS }, packed };
}

async function readPart(zoom: ZoomClass, { tile, since, body, inflatedBytes }: Packed): Promise<TilePart> {
  if (since !== OF_KEY) return { tile, since, isKey: false, ...readChanges(body, zoom, tile) };
  const payload = await inflatePayload({ header: { compressed: true, inflatedBytes } as FrameHeader, payload: body });
  const adds = readKey(payload, zoom, tile);
  return { tile, since, isKey: true, removes: new Uint32Array(0), adds, updates: NO_UPDATES };
}

function readKey(body: Uint8Array, zoom: ZoomClass, tile: number): TileAdditions {
  const reader = new ByteReader(body);
  const count = reader.varint();
  if (count > MOST_COUNT) throw new FrameError("count", `a tile of ${count} aircraft is larger than ${MOST_COUNT}`);
  const columns = Array.from({ length: 1 + KIND_COUNT + 1 + MOTION_COUNT }, () => column(reader, count));
  if (reader.remaining > 0) throw new FrameError("trailing", `${reader.remaining} bytes follow a tile's last section`);
  const [elapsed] = columns.splice(1 + KIND_COUNT, 1) as [Uint32Array];
  return additions(columns, elapsed, zoom, tile);
}

function readChanges(body: Uint8Array, zoom: ZoomClass, tile: number): Pick<TilePart, "removes" | "adds" | "updates"> {
  const reader = new BitReader(body);
  const [removeCount, addCount, updateCount] = [reader.count(), reader.count(), reader.count()];
  const [removes] = reader.table(1, removeCount) as [Uint32Array];
  const added = reader.table(1 + KIND_COUNT + MOTION_COUNT, addCount);
  const [places, ...differences] = reader.table(1 + MOTION_COUNT, updateCount) as [Uint32Array, ...Zigzag[]];
  reader.end();
  return {
    removes: ascending(removes, MOST_COUNT),
    adds: additions(added, new Uint32Array(addCount), zoom, tile),
    updates: { places: ascending(places, MOST_COUNT), differences: differences.map(signed) },
  };
}

/** `columns` are gaps of addresses, categories, address types, and a motion that is relative to the tile. */
function additions(columns: readonly Zigzag[], elapsed: Uint32Array, zoom: ZoomClass, tile: number): TileAdditions {
  const [gaps, categories, addressTypes, ...motion] = columns as [Zigzag, Zigzag, Zigzag, ...Zigzag[]];
  const motions = motion.map(signed);
  const tileUnits = 2 ** (zoom.positionBits - zoom.tileZoom);
  const [left, top] = [(tile % 2 ** zoom.tileZoom) * tileUnits, Math.floor(tile / 2 ** zoom.tileZoom) * tileUnits];
  const [x, y] = [motions[MOTION.x] as Int32Array, motions[MOTION.y] as Int32Array];
  for (let i = 0; i < x.length; i++) {
    x[i] = modulo((x[i] as number) + left, 2 ** zoom.positionBits);
    y[i] = (y[i] as number) + top;
  }
  return {
    icao24: ascending(gaps, MAX_ADDRESSES),
    categories: Uint8Array.from(categories),
    addressTypes: Uint8Array.from(addressTypes),
    elapsed,
    motions,
  };
}

type Zigzag = Uint32Array<ArrayBuffer>;

/** In the same memory. */
function signed(values: Zigzag): Int32Array {
  const result = new Int32Array(values.buffer);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    result[i] = (value >>> 1) ^ -(value & 1);
  }
  return result;
}

/** The numbers below `end` that have these gaps, in the same memory. */
function ascending(gaps: Uint32Array, end: number): Uint32Array {
  let number = -1;
  for (let i = 0; i < gaps.length; i++) {
    number += (gaps[i] as number) + 1;
    gaps[i] = number;
  }
  if (number >= end) throw new FrameError("slot", `number ${number.toString(16)} is not below ${end.toString(16)}`);
  return gaps;
}

function column(reader: ByteReader, count: number): Uint32Array<ArrayBuffer> {
  const form = reader.u8();
  if (form === 0) return new Uint32Array(count);
  if (form === 1 || form === 2 || form === 4) return reader.planes(count, form);
  if (form !== 17 && form !== 18 && form !== 20) throw new FrameError("form", `column form ${form} is unknown`);
  const places = reader.bitmap(count, null);
  const some = reader.planes(places.length, (form - 16) as 1 | 2 | 4);
  const all = new Uint32Array(count);
  places.forEach((place, i) => {
    all[place] = some[i] as number;
  });
  return all;
}
