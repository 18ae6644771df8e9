import { feature, mesh } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import { describe, expect, it } from "vitest";
import fine from "world-atlas/countries-50m.json";
import coarse from "world-atlas/countries-110m.json";
import { mercatorX, mercatorY } from "@/flights/mercator";
import { outlineOf, type Path } from "./worldOutline";

type Countries = Parameters<typeof outlineOf>[0];
type Line = readonly (readonly number[])[];

/** Both ends of each piece of a line, in either direction; x of any copy of the world. */
function segments(lines: Iterable<Line>): Set<string> {
  const found = new Set<string>();
  for (const line of lines) {
    for (let i = 1; i < line.length; i++) {
      const ends = [line[i - 1], line[i]].map((end) => {
        const [x, y] = end as [number, number];
        return `${Math.round(1e7 * (x - Math.floor(x + 1e-9)))} ${Math.round(1e7 * y)}`;
      });
      if (ends[0] !== ends[1]) found.add(ends.toSorted().join(" to "));
    }
  }
  return found;
}

const inMercator = (line: Line) =>
  line.map(([longitude, latitude]) => [mercatorX(longitude as number), mercatorY(latitude as number)]);

function* linesOf(paths: readonly Path[]): Generator<Line> {
  for (const { points } of paths)
    yield Array.from({ length: points.length / 2 }, (_, i) => [...points.subarray(2 * i, 2 * i + 2)]);
}

const isInMap = (segment: string) =>
  segment.split(" to ").every((end) => Math.abs(Number(end.split(" ")[1]) - 5e6) <= 5e6);

describe.each([
  ["coarse", coarse],
  ["fine", fine],
])("the %s outline", (_, atlas) => {
  const topology = atlas as unknown as Countries;
  const outline = outlineOf(topology);
  const { countries } = (atlas as unknown as Topology<{ countries: GeometryCollection<{ name: string }> }>).objects;

  it("has the land that topojson-client finds", () => {
    const rings = feature(topology, countries).features.flatMap(({ geometry }) =>
      geometry.type === "Polygon"
        ? geometry.coordinates
        : geometry.type === "MultiPolygon"
          ? geometry.coordinates.flat()
          : [],
    );
    expect(outline.land).toHaveLength(rings.length);
    const found = [...segments(linesOf(outline.land))].filter(isInMap);
    expect(new Set(found)).toEqual(segments(rings.map(inMercator)));
  });

  it("has the borders that topojson-client finds", () => {
    const borders = mesh(topology, countries, (a, b) => a !== b).coordinates;
    expect(segments(linesOf(outline.borders))).toEqual(segments(borders.map(inMercator)));
  });

  it("has the coasts that topojson-client finds, without the edge of the data", () => {
    const coasts = mesh(topology, countries, (a, b) => a === b).coordinates;
    const isEdge = ([longitude, latitude]: readonly number[]) =>
      Math.abs(longitude as number) > 179.99 || (latitude as number) < -84.9;
    const expected = segments(
      coasts
        .flatMap((line) => line.slice(1).map((end, i) => [line[i] as number[], end]))
        .filter((pair) => !pair.every(isEdge))
        .map(inMercator),
    );
    expect(new Set([...segments(linesOf(outline.coasts))].filter(isInMap))).toEqual(expected);
  });

  it("puts each path into its box, and each name into its country", () => {
    for (const { points, west, north, east, south } of [...outline.land, ...outline.coasts, ...outline.borders]) {
      const xs = points.filter((_, i) => i % 2 === 0);
      const ys = points.filter((_, i) => i % 2 === 1);
      expect([west, east]).toEqual([xs.reduce((a, b) => Math.min(a, b)), xs.reduce((a, b) => Math.max(a, b))]);
      expect([north, south]).toEqual([ys.reduce((a, b) => Math.min(a, b)), ys.reduce((a, b) => Math.max(a, b))]);
    }
    const germany = outline.labels.find(({ name }) => name === "Germany");
    expect(germany?.x).toBeCloseTo(mercatorX(10.4), 2);
    expect(germany?.y).toBeCloseTo(mercatorY(51.1), 2);
  });
});
