// Countries of the world as Mercator rings with bounding boxes, ready to be drawn into tiles. From Natural Earth by way of
// the package world-atlas; loaded after the page is up, the coarse outline first.
import { feature, mesh } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import { mercatorX, mercatorY } from "@/flights/mercator";

/** A line or ring: x and y in turn, with the box around it. */
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
  /** Rings of land; holes are rings too, filled by the even-odd rule. */
  readonly land: readonly Path[];
  readonly coasts: readonly Path[];
  readonly borders: readonly Path[];
  readonly labels: readonly CountryLabel[];
}

/** Where a ring around a pole is closed: outside of the map. */
const BELOW_MAP = 1.1;

type Countries = Topology<{ countries: GeometryCollection<{ name: string }> }>;

export async function loadCoarseOutline(): Promise<WorldOutline> {
  return outlineOf((await import("world-atlas/countries-110m.json")).default as unknown as Countries);
}

export async function loadFineOutline(): Promise<WorldOutline> {
  return outlineOf((await import("world-atlas/countries-50m.json")).default as unknown as Countries);
}

function outlineOf(topology: Countries): WorldOutline {
  const { countries } = topology.objects;
  const land: Path[] = [];
  const labels: CountryLabel[] = [];
  for (const { geometry, properties } of feature(topology, countries).features) {
    const polygons =
      geometry.type === "Polygon"
        ? [geometry.coordinates]
        : geometry.type === "MultiPolygon"
          ? geometry.coordinates
          : [];
    const outers: Path[] = [];
    for (const rings of polygons) {
      const paths = rings.map(pathOf);
      land.push(...paths);
      if (paths[0] !== undefined) outers.push(paths[0]);
    }
    const largest = outers.reduce<Path | null>((a, b) => (a !== null && areaOf(a) >= areaOf(b) ? a : b), null);
    if (largest !== null)
      labels.push({ name: properties.name, ...centreOf(largest), width: largest.east - largest.west });
  }
  return {
    land,
    coasts: mesh(topology, countries, (a, b) => a === b)
      .coordinates.flatMap(withoutWorldsEdge)
      .map(pathOf),
    borders: mesh(topology, countries, (a, b) => a !== b).coordinates.map(pathOf),
    labels,
  };
}

/**
 * A line in Mercator units that goes on over the 180th meridian instead of back around the world, so that its x may lie
 * beyond 0 to 1. A ring around a pole is closed along the edge of the map.
 */
function pathOf(positions: readonly (readonly number[])[]): Path {
  const points: number[] = [];
  let previousX = Number.NaN;
  for (const [longitude, latitude] of positions) {
    let x = mercatorX(longitude as number);
    if (!Number.isNaN(previousX)) x += Math.round(previousX - x);
    previousX = x;
    points.push(x, mercatorY(latitude as number));
  }
  const turns = Math.round(previousX - (points[0] as number));
  if (turns !== 0) {
    const edge = (points[1] as number) > 0.5 ? BELOW_MAP : -BELOW_MAP;
    points.push(previousX, edge, points[0] as number, edge);
  }
  const xs = points.filter((_, i) => i % 2 === 0);
  const ys = points.filter((_, i) => i % 2 === 1);
  return {
    points: Float64Array.from(points),
    west: xs.reduce((a, b) => Math.min(a, b)),
    east: xs.reduce((a, b) => Math.max(a, b)),
    north: ys.reduce((a, b) => Math.min(a, b)),
    south: ys.reduce((a, b) => Math.max(a, b)),
  };
}

/** Cut a coastline where it runs along the 180th meridian or the lower edge of Antarctica, which are no coasts. */
function withoutWorldsEdge(line: readonly (readonly number[])[]): (readonly (readonly number[])[])[] {
  const isEdge = (position: readonly number[]) =>
    Math.abs(position[0] as number) > 179.99 || (position[1] as number) < -84.9;
  const pieces: (readonly number[])[][] = [[]];
  line.forEach((position, i) => {
    const previous = line[i - 1];
    if (previous !== undefined && isEdge(previous) && isEdge(position)) pieces.push([]);
    pieces.at(-1)?.push(position);
  });
  return pieces.filter((piece) => piece.length > 1);
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
