// Writes a PMTiles file (version 3) of vector tiles with the layers of a Protomaps base map: the area around Frankfurt, zooms 0
// to 10, land with a lake, a motorway and a town in each tile. With a picture, the file has raster tiles, which are that picture.
//   node make_pmtiles.mjs FILE [PICTURE.png]
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { default: Pbf } = await import(require.resolve("pbf"));
const { zxyToTileId } = require("pmtiles");

const BOUNDS = { west: 8, south: 49.5, east: 9.5, north: 50.5 };
const MAX_ZOOM = 10;
const EXTENT = 4096;
const [POINT, LINE, POLYGON] = [1, 2, 3];
const [UNCOMPRESSED, GZIP] = [1, 2];
const [VECTOR, PNG] = [1, 2];
const [, , FILE, PICTURE] = process.argv;

const zigzag = (value) => (value << 1) ^ (value >> 31);

/** Commands of a geometry: MoveTo, LineTo, ClosePath. */
function commands(points, kind) {
  const words = [];
  let [x, y] = [0, 0];
  points.forEach(([toX, toY], index) => {
    if (index === 0) words.push((1 << 3) | 1);
    if (index === 1) words.push(((points.length - 1) << 3) | 2);
    words.push(zigzag(toX - x), zigzag(toY - y));
    [x, y] = [toX, toY];
  });
  if (kind === POLYGON) words.push((1 << 3) | 7);
  return words;
}

function writeLayer({ name, kind, points, properties }, pbf) {
  const keys = Object.keys(properties);
  pbf.writeStringField(1, name);
  pbf.writeMessage(2, writeFeature, { kind, points, count: keys.length });
  for (const key of keys) pbf.writeStringField(3, key);
  for (const value of Object.values(properties)) pbf.writeMessage(4, writeValue, value);
  pbf.writeVarintField(5, EXTENT);
  pbf.writeVarintField(15, 2);
}

function writeFeature({ kind, points, count }, pbf) {
  pbf.writePackedVarint(2, Array.from({ length: 2 * count }, (_, index) => index >> 1));
  pbf.writeVarintField(3, kind);
  pbf.writePackedVarint(4, commands(points, kind));
}

function writeValue(value, pbf) {
  if (typeof value === "number") pbf.writeVarintField(4, value);
  else pbf.writeStringField(1, value);
}

const square = (from, to) => [
  [from, from],
  [to, from],
  [to, to],
  [from, to],
];

function tileBytes(zoom) {
  if (PICTURE !== undefined) return readFileSync(PICTURE);
  const town = { kind: "locality", kind_detail: "city", name: `Town ${zoom}`, min_zoom: 1, population_rank: 12 };
  const layers = [
    { name: "earth", kind: POLYGON, points: square(0, EXTENT), properties: { kind: "earth" } },
    { name: "water", kind: POLYGON, points: square(400, 1600), properties: { kind: "lake" } },
    { name: "roads", kind: LINE, points: [[0, EXTENT], [EXTENT, 0]], properties: { kind: "highway", min_zoom: 3 } },
    { name: "places", kind: POINT, points: [[2800, 2800]], properties: town },
  ];
  const pbf = new Pbf();
  for (const layer of layers) pbf.writeMessage(3, writeLayer, layer);
  return gzipSync(pbf.finish());
}

const column = (longitude, zoom) => Math.floor(((longitude + 180) / 360) * 2 ** zoom);
const row = (latitude, zoom) => {
  const radians = (latitude * Math.PI) / 180;
  return Math.floor(((1 - Math.asinh(Math.tan(radians)) / Math.PI) / 2) * 2 ** zoom);
};

const entries = [];
const contents = [];
let length = 0;
for (let zoom = 0; zoom <= MAX_ZOOM; zoom++) {
  const bytes = tileBytes(zoom);
  for (let x = column(BOUNDS.west, zoom); x <= column(BOUNDS.east, zoom); x++) {
    for (let y = row(BOUNDS.north, zoom); y <= row(BOUNDS.south, zoom); y++) {
      entries.push({ id: zxyToTileId(zoom, x, y), offset: length, length: bytes.length });
      contents.push(bytes);
      length += bytes.length;
    }
  }
}
entries.sort((a, b) => a.id - b.id);

const directory = new Pbf();
directory.writeVarint(entries.length);
entries.forEach(({ id }, index) => directory.writeVarint(id - (index === 0 ? 0 : entries[index - 1].id)));
for (const _ of entries) directory.writeVarint(1);
for (const entry of entries) directory.writeVarint(entry.length);
for (const entry of entries) directory.writeVarint(entry.offset + 1);
const root = gzipSync(directory.finish());
const metadata = gzipSync(JSON.stringify({ name: "Frankfurt", attribution: '<a href="https://example.org/">Test map</a>' }));

const header = Buffer.alloc(127);
header.write("PMTiles", 0, "latin1");
header.writeUInt8(3, 7);
const sections = [127, root.length, 127 + root.length, metadata.length, 0, 0, 127 + root.length + metadata.length, length];
[...sections, entries.length, entries.length, entries.length].forEach((value, index) =>
  header.writeBigUInt64LE(BigInt(value), 8 + 8 * index),
);
header.writeUInt8(0, 96); // the tiles are not in the order of their ids
header.writeUInt8(GZIP, 97);
header.writeUInt8(PICTURE === undefined ? GZIP : UNCOMPRESSED, 98);
header.writeUInt8(PICTURE === undefined ? VECTOR : PNG, 99);
header.writeUInt8(0, 100);
header.writeUInt8(MAX_ZOOM, 101);
[BOUNDS.west, BOUNDS.south, BOUNDS.east, BOUNDS.north].forEach((degrees, index) =>
  header.writeInt32LE(Math.round(degrees * 1e7), 102 + 4 * index),
);
header.writeUInt8(8, 118);
header.writeInt32LE(Math.round(8.57 * 1e7), 119);
header.writeInt32LE(Math.round(50.03 * 1e7), 123);
writeFileSync(FILE, Buffer.concat([header, root, metadata, ...contents]));
