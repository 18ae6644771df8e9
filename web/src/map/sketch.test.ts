import { expect, test } from "vitest";
import type { LatLon } from "@/flights/greatCircle";
import {
  addPoint,
  cancelSketch,
  canFinish,
  finishSketch,
  getSketch,
  getSketchOnMap,
  setOnMap,
  startSketch,
  undoPoint,
} from "./sketch";

const at = (latitudeDeg: number, longitudeDeg: number): LatLon => ({ latitudeDeg, longitudeDeg });

test("a polygon needs three corners", () => {
  const done: unknown[] = [];
  startSketch("polygon", (points) => done.push(points));
  addPoint(at(1, 1));
  addPoint(at(2, 2));
  finishSketch();
  expect(canFinish()).toBe(false);
  addPoint(at(9, 9));
  undoPoint();
  addPoint(at(1, 3));
  finishSketch();
  expect(done).toEqual([[at(1, 1), at(2, 2), at(1, 3)]]);
  expect(getSketch()).toBeNull();
});

test("a circle ends with its second point", () => {
  const done: unknown[] = [];
  startSketch("circle", (points) => done.push(points));
  addPoint(at(1, 1));
  addPoint(at(2, 2));
  addPoint(at(3, 3));
  expect(done).toEqual([[at(1, 1), at(2, 2)]]);
});

test("another sketch or Cancel ends it without points", () => {
  const done: unknown[] = [];
  startSketch("polygon", (points) => done.push(points));
  addPoint(at(1, 1));
  startSketch("measure", (points) => done.push(points));
  addPoint(at(1, 1));
  cancelSketch();
  cancelSketch();
  expect(done).toEqual([null, null]);
});

test("a sketch is on the map only while the map takes clicks for it", () => {
  startSketch("measure");
  expect(getSketchOnMap()).toBeNull();
  setOnMap(true);
  expect(getSketchOnMap()).toBe(getSketch());
  setOnMap(false);
  expect(getSketchOnMap()).toBeNull();
  cancelSketch();
});
