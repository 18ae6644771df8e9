// Decodes messages of `flights.v3`: a header, then one part for each tile that has news (tiles.md). Pure; a message that
// is rejected changes nothing, because nothing is applied here.
import { ByteReader } from "../byteReader.ts";
import { FrameError } from "../frameError.ts";
import type { FrameHeader } from "../frameHeader.ts";
import { inflatePayload } from "../inflate.ts";
import { MOTION, MOTION_COUNT, modulo } from "./motion.ts";
import { CLASSES, type ZoomClass } from "./zoomClass.ts";

/** "FL3"; other versions begin with "FL" too. */
const MAGIC = 0x334c46;
const MAGIC_OF_ALL = 0x4c46;
const HEADER_BYTES = 16;
const PART_BYTES = 16;
const KEY = 1;
const COMPRESSED = 2;
const MAX_PARTS = 4_096;
const MAX_AIRCRAFT = 1 << 20;
const MAX_BODY_BYTES = 64 * 1024 * 1024;
const TENTH_MS = 100;
const NO_BYTES = new Uint8Array(0);

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
  readonly icao24: Uint32Array;
  /** One array for each number of a motion. */
  readonly differences: readonly Int32Array[];
}

export interface TilePart {
  readonly tile: number;
  /** Ticks since the tile's previous part. */
  readonly since: number;
  readonly isKey: boolean;
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
  readonly isKey: boolean;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly isCompressed: boolean;
  readonly inflatedBytes: number;
}

/**
 * Decode the messages that stand one after the other in a WebSocket message: one for each class.
 *
 * @throws FrameError with the reason `version` if they are of another version, and with others if one is damaged.
 */
export async function decodeTileMessages(bytes: Uint8Array<ArrayBuffer>): Promise<TileMessage[]> {
  const unpacked: Unpacked[] = [];
  for (let start = 0; start < bytes.length || start === 0; ) {
    const message = unpack(bytes, start);
    unpacked.push(message);
    start = message.end;
  }
  return Promise.all(
    unpacked.map(async ({ header, packed }) => {
      const bodies = await Promise.all(packed.map(inflated));
      return { header, parts: packed.map((part, i) => readPart(header.zoom, part, bodies[i] as Uint8Array)) };
    }),
  );
}

interface Unpacked {
  readonly header: TileHeader;
  readonly packed: readonly Packed[];
  /** Where the next message begins. */
  readonly end: number;
}

function unpack(bytes: Uint8Array<ArrayBuffer>, at: number): Unpacked {
  if (bytes.length - at < HEADER_BYTES) throw new FrameError("truncated", "the message ends within its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const magic = view.getUint32(at, true) & 0xffffff;
  if ((magic & 0xffff) === MAGIC_OF_ALL && magic !== MAGIC) {
    throw new FrameError("version", "the message is of another version than flights.v3");
  }
  if (magic !== MAGIC) throw new FrameError("magic", "this is no message of tiles");
  const zoom = CLASSES[view.getUint8(at + 3)];
  if (zoom === undefined) throw new FrameError("tile", `class ${view.getUint8(at + 3)} is unknown`);
  const header = {
    zoom,
    epoch: view.getUint32(at + 4, true),
    tick: view.getUint32(at + 8, true),
    intervalMs: view.getUint16(at + 12, true) * TENTH_MS,
  };
  if (header.intervalMs === 0) throw new FrameError("length", "the interval of a class is 0");
  const count = view.getUint16(at + 14, true);
  if (count > MAX_PARTS) throw new FrameError("count", `a message of ${count} tiles is larger than ${MAX_PARTS}`);
  const packed: Packed[] = [];
  let start = at + HEADER_BYTES;
  for (let i = 0; i < count; i++) {
    if (bytes.length - start < PART_BYTES) throw new FrameError("truncated", "the message ends within a tile's header");
    const tile = view.getUint32(start, true);
    const flags = view.getUint8(start + 6);
    const length = view.getUint32(start + 8, true);
    const inflatedBytes = view.getUint32(start + 12, true);
    if ((flags & ~(KEY | COMPRESSED)) !== 0 || view.getUint8(start + 7) !== 0) {
      throw new FrameError("flags", `flags ${flags} of a tile are unknown`);
    }
    if (tile >= 4 ** zoom.tileZoom) throw new FrameError("tile", `tile ${tile} is not one of class ${zoom.number}`);
    if (inflatedBytes > MAX_BODY_BYTES) throw new FrameError("length", `a tile of ${inflatedBytes} bytes is too large`);
    const end = start + PART_BYTES + length;
    if (end > bytes.length) throw new FrameError("truncated", "the message ends within a tile");
    packed.push({
      tile,
      since: view.getUint16(start + 4, true),
      isKey: (flags & KEY) !== 0,
      body: bytes.subarray(start + PART_BYTES, end),
      isCompressed: (flags & COMPRESSED) !== 0,
      inflatedBytes,
    });
    start = end;
  }
  return { header, packed, end: start };
}

async function inflated({ body, isCompressed, inflatedBytes }: Packed): Promise<Uint8Array> {
  if (isCompressed)
    return inflatePayload({ header: { compressed: true, inflatedBytes } as FrameHeader, payload: body });
  if (body.length !== inflatedBytes) {
    throw new FrameError("length", `a tile has ${body.length} bytes, its header says ${inflatedBytes}`);
  }
  return body;
}

function readPart(zoom: ZoomClass, { tile, since, isKey }: Packed, body: Uint8Array): TilePart {
  const reader = new ByteReader(body);
  const [removeCount, addCount, updateCount] = [reader.u32(), reader.u32(), reader.u32()];
  if (Math.max(removeCount, addCount, updateCount) > MAX_AIRCRAFT) {
    throw new FrameError("count", `a tile has more than ${MAX_AIRCRAFT} aircraft`);
  }
  if (isKey && (removeCount > 0 || updateCount > 0)) throw new FrameError("kind", "a key part has only additions");
  const removes = addresses(reader, removeCount);
  const adds = readAdds(reader, addCount, zoom, tile);
  const updates = readUpdates(reader, updateCount);
  if (reader.remaining > 0) throw new FrameError("trailing", `${reader.remaining} bytes follow a tile's last section`);
  return { tile, since, isKey, removes, adds, updates };
}

function readAdds(reader: ByteReader, count: number, zoom: ZoomClass, tile: number): TileAdditions {
  const icao24 = addresses(reader, count);
  if (count === 0) return { icao24, categories: NO_BYTES, addressTypes: NO_BYTES, elapsed: icao24, motions: [] };
  const [categories, addressTypes] = [reader.take(count), reader.take(count)];
  const elapsed = column(reader, count);
  const motions = readMotions(reader, count);
  const tileUnits = 2 ** (zoom.positionBits - zoom.tileZoom);
  const [left, top] = [(tile % 2 ** zoom.tileZoom) * tileUnits, Math.floor(tile / 2 ** zoom.tileZoom) * tileUnits];
  const [x, y] = [motions[MOTION.x] as Int32Array, motions[MOTION.y] as Int32Array];
  for (let i = 0; i < count; i++) {
    x[i] = modulo((x[i] as number) + left, 2 ** zoom.positionBits);
    y[i] = (y[i] as number) + top;
  }
  return { icao24, categories, addressTypes, elapsed, motions };
}

function readUpdates(reader: ByteReader, count: number): TileUpdates {
  const icao24 = addresses(reader, count);
  return { icao24, differences: count === 0 ? [] : readMotions(reader, count) };
}

function readMotions(reader: ByteReader, count: number): Int32Array[] {
  return Array.from({ length: MOTION_COUNT }, () => {
    const values = column(reader, count);
    const signed = new Int32Array(values.buffer);
    for (let i = 0; i < count; i++) {
      const value = values[i] as number;
      signed[i] = (value >>> 1) ^ -(value & 1);
    }
    return signed;
  });
}

function addresses(reader: ByteReader, count: number): Uint32Array {
  const found = new Uint32Array(count);
  if (count === 0) return found;
  let address = -1;
  column(reader, count).forEach((gap, i) => {
    address += gap + 1;
    found[i] = address;
  });
  if (address >= 2 ** 24) throw new FrameError("slot", `address ${address.toString(16)} has more than 24 bits`);
  return found;
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
