import { expect, test } from "vitest";
import { featuresOf, MOST_BYTES, MOST_POINTS, OverlayError, readOverlay } from "./overlayFile";

const point = { type: "Point", coordinates: [8.57, 50.03, 111] };
const line = {
  type: "LineString",
  coordinates: [
    [8, 50],
    [9, 51],
  ],
};
const feature = (geometry: unknown, properties: unknown = null) => ({ type: "Feature", geometry, properties });
const problemOf = async (text: string) =>
  readOverlay(text).then(
    () => "none",
    (error: unknown) => (error instanceof OverlayError ? error.problem : String(error)),
  );

test("a collection, a feature and a bare geometry are drawn", () => {
  const collection = { type: "FeatureCollection", features: [feature(point, { name: "Frankfurt" }), feature(line)] };
  expect(featuresOf(collection).map(({ geometry }) => geometry.type)).toEqual(["Point", "LineString"]);
  expect(featuresOf(feature(point, { name: "Frankfurt", stroke: "#F00" }))[0]?.properties).toEqual({
    name: "Frankfurt",
    description: "",
    stroke: "#F00",
    fill: "",
  });
  expect(featuresOf({ type: "GeometryCollection", geometries: [point, line] })).toHaveLength(2);
});

test("what has no place is left out, and the rest is drawn", () => {
  const bad = [
    feature(null),
    feature({ type: "Point", coordinates: ["8", "50"] }),
    feature({ type: "Point", coordinates: [8, 95] }),
    feature({ type: "Point", coordinates: [Number.NaN, 50] }),
    feature({ type: "Polygon", coordinates: [] }),
    feature({ type: "LineString", coordinates: [8, 50] }),
    feature({ type: "constructor", coordinates: [8, 50] }),
    "text",
    null,
  ];
  expect(featuresOf({ type: "FeatureCollection", features: [...bad, feature(point)] })).toHaveLength(1);
});

test("colours are colours, and a name is at most a few lines", () => {
  const [one] = featuresOf(
    feature(point, { name: "a".repeat(5_000), stroke: "red;background:url(//a)", fill: "#00ff0" }),
  );
  expect(one?.properties.name).toHaveLength(600);
  expect([one?.properties.stroke, one?.properties.fill]).toEqual(["", ""]);
});

test.each([
  ["{", "format"],
  ["[]", "format"],
  ["null", "format"],
  ['{"type":"Topology"}', "format"],
  ['{"type":"__proto__"}', "format"],
  ['{"type":"FeatureCollection","features":[]}', "empty"],
  ['{"type":"Feature","geometry":null}', "empty"],
])("%s is refused: %s", async (text, problem) => expect(await problemOf(text)).toBe(problem));

test("a file has at most 10 MB and 300,000 points", async () => {
  expect(await problemOf(" ".repeat(MOST_BYTES + 1))).toBe("size");
  const coordinates = Array.from({ length: MOST_POINTS + 1 }, () => [8, 50]);
  expect(await problemOf(JSON.stringify({ type: "LineString", coordinates }))).toBe("points");
});

test("geometries that contain themselves many times end", async () => {
  const nested = `{"type":"GeometryCollection","geometries":[`.repeat(500) + JSON.stringify(point) + "]}".repeat(500);
  expect(await problemOf(nested)).toBe("empty");
});
