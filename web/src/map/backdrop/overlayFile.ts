// Reads a file of places (GeoJSON, KML, GPX) into features that the map can draw. Everything in a file is untrusted: sizes are
// bounded, coordinates are checked, and names and descriptions become plain text.
import type { Feature, Geometry } from "geojson";

export const MOST_BYTES = 10_000_000;
export const MOST_POINTS = 300_000;
/** Places more than once around the world are a mistake. */
const LONGITUDE_LIMIT_DEG = 540;
const MOST_LETTERS = 600;
const MOST_DEPTH = 8;

/** `size`, `format`, `empty` and `points` are about the file; `load` is about its server. */
export type OverlayProblem = "size" | "format" | "empty" | "points" | "load";

export class OverlayError extends Error {
  constructor(readonly problem: OverlayProblem) {
    super(problem);
  }
}

/** What a feature says: all of it plain text. */
export interface OverlayProperties {
  readonly name: string;
  readonly description: string;
  /** `#rgb` or `#rrggbb`; empty: the map's colour. */
  readonly stroke: string;
  readonly fill: string;
}

export type OverlayFeature = Feature<Geometry, OverlayProperties>;

/**
 * The features of a file.
 * @throws OverlayError if the file is no GeoJSON, KML or GPX, or has nothing that can be drawn.
 */
export async function readOverlay(text: string): Promise<OverlayFeature[]> {
  if (text.length > MOST_BYTES) throw new OverlayError("size");
  const begin = text.replace(/^\uFEFF/, "").trimStart();
  return featuresOf(begin.startsWith("<") ? await fromXml(begin) : fromJson(begin));
}

/** The features of a GeoJSON value; those without usable coordinates are left out. */
export function featuresOf(value: unknown): OverlayFeature[] {
  const found: OverlayFeature[] = [];
  const left = { points: MOST_POINTS };
  for (const member of membersOf(value)) {
    const { geometry, properties } = member as { geometry?: unknown; properties?: unknown };
    const isFeature = (member as { type?: unknown }).type === "Feature";
    for (const shape of shapesOf(isFeature ? geometry : member, 0)) {
      if (isShape(shape, left)) {
        found.push({ type: "Feature", geometry: shape, properties: propertiesOf(isFeature ? properties : null) });
      }
      if (left.points < 0) throw new OverlayError("points");
    }
  }
  if (found.length === 0) throw new OverlayError("empty");
  return found;
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new OverlayError("format");
  }
}

async function fromXml(text: string): Promise<unknown> {
  const document = new DOMParser().parseFromString(text, "text/xml");
  const root = document.documentElement.localName;
  if (document.querySelector("parsererror") !== null || (root !== "kml" && root !== "gpx"))
    throw new OverlayError("format");
  const { kml, gpx } = await import("@tmcw/togeojson");
  return root === "kml" ? kml(document, { skipNullGeometry: true }) : gpx(document);
}

const GEOMETRIES: Readonly<Record<string, number>> = {
  Point: 0,
  MultiPoint: 1,
  LineString: 1,
  MultiLineString: 2,
  Polygon: 2,
  MultiPolygon: 3,
};

function membersOf(value: unknown): readonly unknown[] {
  if (typeof value !== "object" || value === null) throw new OverlayError("format");
  const { type, features } = value as { type?: unknown; features?: unknown };
  if (type === "FeatureCollection" && Array.isArray(features)) return features.filter((one) => isObject(one));
  if (
    type === "Feature" ||
    type === "GeometryCollection" ||
    (typeof type === "string" && Object.hasOwn(GEOMETRIES, type))
  ) {
    return [value];
  }
  throw new OverlayError("format");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function* shapesOf(geometry: unknown, depth: number): Generator<Geometry> {
  if (!isObject(geometry)) return;
  const { type, geometries } = geometry as { type?: unknown; geometries?: unknown };
  if (type === "GeometryCollection" && Array.isArray(geometries) && depth < MOST_DEPTH) {
    for (const member of geometries) yield* shapesOf(member, depth + 1);
  } else if (typeof type === "string" && Object.hasOwn(GEOMETRIES, type)) yield geometry as Geometry;
}

/** Whether every coordinate is a place on the map. Counts down the points that may still come. */
function isShape(shape: Geometry, left: { points: number }): boolean {
  const { coordinates } = shape as { coordinates?: unknown };
  return arePlaces(coordinates, GEOMETRIES[shape.type] as number, left);
}

function arePlaces(value: unknown, depth: number, left: { points: number }): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  if (depth > 0) return value.every((member) => arePlaces(member, depth - 1, left));
  left.points--;
  const [longitude, latitude] = value;
  return Math.abs(longitude) <= LONGITUDE_LIMIT_DEG && Math.abs(latitude) <= 90 && typeof longitude === "number";
}

function propertiesOf(value: unknown): OverlayProperties {
  const all = (isObject(value) ? value : {}) as Readonly<Record<string, unknown>>;
  const first = (...names: readonly string[]) => names.map((name) => all[name]).find((one) => textOf(one) !== "");
  return {
    name: textOf(first("name", "Name", "NAME", "title", "ident")),
    description: textOf(first("description", "desc", "cmt")),
    stroke: colourOf(all.stroke),
    fill: colourOf(all.fill),
  };
}

/** Plain text of a property; HTML, which descriptions in KML usually are, loses its markup. */
function textOf(value: unknown): string {
  const html = isObject(value) && (value as { "@type"?: unknown })["@type"] === "html";
  const text = html ? (value as { value?: unknown }).value : value;
  if (typeof text === "number") return String(text);
  if (typeof text !== "string") return "";
  const plain = /[<&]/.test(text) ? withoutMarkup(text) : text;
  return plain.replace(/\s+/g, " ").trim().slice(0, MOST_LETTERS);
}

/** Tags lose their attributes first: event handlers of a document that is never shown do not run, but the browser reports them. */
function withoutMarkup(html: string): string {
  const bare = html.replace(/<(script|style)\b.*?(<\/\1>|$)/gis, "").replace(/<(\/?[a-z][a-z0-9]*)[^>]*>/gi, " <$1> ");
  return new DOMParser().parseFromString(bare, "text/html").body.textContent ?? "";
}

function colourOf(value: unknown): string {
  return typeof value === "string" && /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(value) ? value : "";
}
