// Countries of the world as Mercator rings with bounding boxes, ready to be drawn into tiles. From Natural Earth via the
// package world-atlas; loaded after the page has started, the coarse outline first.
import type { GeometryCollection, Topology, Transform } from "topojson-specification";
import { mercatorX, mercatorY } from "@/flights/mercator";

/** A line or ring: alternating x and y, with its bounding box. */
export interface Path {
  readonly points: Float64Array;
  readonly west: number;
  readonly north: number;
  readonly east: number;
  readonly south: number;
}

export interface CountryLabel {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** Width of the country's largest part, as a fraction of the world. */
  readonly width: number;
}

export interface WorldOutline {
  /** Rings of land; holes are also rings, filled by the even-odd rule. */
  readonly land: readonly Path[];
  readonly coasts: readonly Path[];
  readonly borders: readonly Path[];
  readonly labels: readonly CountryLabel[];
}

/** Where a ring around a pole is closed, outside the map. */
const BELOW_MAP = 1.1;
/** A coast beyond these limits is the edge of the data, not a real coast. */
const EDGE_X = mercatorX(-179.99);
const EDGE_Y = mercatorY(-84.9);

interface CountryName {
  readonly name: string;
}
type Countries = Topology<{ countries: GeometryCollection<CountryName> }>;

export async function loadCoarseOutline(): Promise<WorldOutline> {
  return outlineOf((await import("world-atlas/countries-110m.json")).default as unknown as Countries);
}

export async function loadFineOutline(): Promise<WorldOutline> {
  return outlineOf((await import("world-atlas/countries-50m.json")).default as unknown as Countries);
}

/** 920 kB: only for near views. */
export async function loadFinestOutline(): Promise<WorldOutline> {
  return outlineOf((await import("world-atlas/countries-10m.json")).default as unknown as Countries);
}

/**
 * The outline of a TopoJSON of countries. Neighbours share the arc between them: an arc of one country is a coast, and an
 * arc of two is a border. The package topojson-client, with which the tests compare this, takes twice as long, which
 * would delay the first picture.
 */
export function outlineOf(topology: Countries): WorldOutline {
  const arcs = topology.arcs.map((arc) => mercatorArc(arc as readonly number[][], topology.transform as Transform));
  const firstUser = new Int32Array(arcs.length).fill(-1);
  const isBorder = new Uint8Array(arcs.length);
  const land: Path[] = [];
  const labels: CountryLabel[] = [];
  topology.objects.countries.geometries.forEach((geometry, country) => {
    const polygons =
      geometry.type === "Polygon" ? [geometry.arcs] : geometry.type === "MultiPolygon" ? geometry.arcs : [];
    let largest: Path | null = null;
    for (const rings of polygons) {
      rings.forEach((ring, i) => {
        const path = pathOf(
          ring.map((arc) => (arc < 0 ? reversed(arcs[~arc] as Float64Array) : (arcs[arc] as Float64Array))),
        );
        land.push(path);
        if (i === 0 && (largest === null || areaOf(path) > areaOf(largest))) largest = path;
        for (const arc of ring) {
          const index = arc < 0 ? ~arc : arc;
          if (firstUser[index] === -1) firstUser[index] = country;
          else if (firstUser[index] !== country) isBorder[index] = 1;
        }
      });
    }
    if (largest !== null) labels.push(labelOf((geometry.properties as CountryName).name, largest));
  });
  return {
    land,
    coasts: arcs
      .filter((_, i) => isBorder[i] === 0)
      .flatMap(withoutEdge)
      .map((line) => pathOf([line])),
    borders: arcs.filter((_, i) => isBorder[i] === 1).map((line) => pathOf([line])),
    labels,
  };
}

/** An arc as alternating Mercator x and y. In TopoJSON each point is a step from the previous one, in units of the grid. */
function mercatorArc(steps: readonly (readonly number[])[], { scale, translate }: Transform): Float64Array {
  const points = new Float64Array(2 * steps.length);
  let column = 0;
  let row = 0;
  steps.forEach(([columns, rows], i) => {
    column += columns as number;
    row += rows as number;
    points[2 * i] = mercatorX(column * scale[0] + translate[0]);
    points[2 * i + 1] = mercatorY(row * scale[1] + translate[1]);
  });
  return points;
}

function reversed(points: Float64Array): Float64Array {
  const turned = new Float64Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    turned[points.length - 2 - i] = points[i] as number;
    turned[points.length - 1 - i] = points[i + 1] as number;
  }
  return turned;
}

/**
 * Consecutive arcs as one line. It continues across the 180th meridian instead of going back around the world, so its x may
 * be outside 0 to 1. A ring around a pole is closed along the edge of the map.
 */
function pathOf(arcs: readonly Float64Array[]): Path {
  const points = new Float64Array(2 * (1 - arcs.length) + 4 + arcs.reduce((sum, arc) => sum + arc.length, 0));
  let length = 0;
  let previousX = Number.NaN;
  let west = Number.POSITIVE_INFINITY;
  let north = Number.POSITIVE_INFINITY;
  let east = Number.NEGATIVE_INFINITY;
  let south = Number.NEGATIVE_INFINITY;
  const add = (x: number, y: number) => {
    points[length++] = x;
    points[length++] = y;
    if (x < west) west = x;
    if (x > east) east = x;
    if (y < north) north = y;
    if (y > south) south = y;
  };
  for (const arc of arcs) {
    for (let i = length === 0 ? 0 : 2; i < arc.length; i += 2) {
      let x = arc[i] as number;
      if (length > 0) x += Math.round(previousX - x);
      previousX = x;
      add(x, arc[i + 1] as number);
    }
  }
  const firstX = points[0] as number;
  if (Math.round(previousX - firstX) !== 0) {
    const edge = (points[1] as number) > 0.5 ? BELOW_MAP : -BELOW_MAP;
    add(previousX, edge);
    add(firstX, edge);
  }
  return { points: points.subarray(0, length), west, north, east, south };
}

/** Remove the parts of a coast along the 180th meridian and the lower edge of Antarctica, which are not real coasts. */
function withoutEdge(line: Float64Array): Float64Array[] {
  const isEdge = (at: number) =>
    (line[at] as number) < EDGE_X || (line[at] as number) > 1 - EDGE_X || (line[at + 1] as number) > EDGE_Y;
  const pieces: Float64Array[] = [];
  let from = 0;
  for (let at = 2; at <= line.length; at += 2) {
    if (at < line.length && !(isEdge(at - 2) && isEdge(at))) continue;
    if (at - from > 2) pieces.push(line.subarray(from, at));
    from = at;
  }
  return pieces;
}

function labelOf(name: string, largest: Path): CountryLabel {
  return { name, ...centreOf(largest), width: largest.east - largest.west };
}

function areaOf({ west, north, east, south }: Path): number {
  return (east - west) * (south - north);
}

/** Centre of gravity of a ring. */
function centreOf({ points, west, north, east, south }: Path): { x: number; y: number } {
  let doubleArea = 0;
  let x = 0;
  let y = 0;
  for (let i = 0; i + 3 < points.length; i += 2) {
    const [x0, y0, x1, y1] = points.subarray(i, i + 4) as unknown as [number, number, number, number];
    const cross = x0 * y1 - x1 * y0;
    doubleArea += cross;
    x += (x0 + x1) * cross;
    y += (y0 + y1) * cross;
  }
  if (Math.abs(doubleArea) < 1e-12) return { x: (west + east) / 2, y: (north + south) / 2 };
  return { x: x / (3 * doubleArea), y: y / (3 * doubleArea) };
}
