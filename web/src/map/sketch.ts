// What a person draws on the map point by point: a distance, a polygon, a circle. The state, without map or React: the layer
// (sketchLayer.ts) shows it and adds the points that are clicked, the bar (panels/sketch) has its buttons.
import type { LatLon } from "@/flights/greatCircle";

export type SketchKind = "measure" | "polygon" | "circle";

export interface Sketch {
  readonly kind: SketchKind;
  /** Longitudes continue across the 180th meridian. A circle has its centre and a place on its edge. */
  readonly points: readonly LatLon[];
}

const MOST_POINTS: Readonly<Record<SketchKind, number>> = { measure: 50, polygon: 50, circle: 2 };
export const FEWEST_POINTS: Readonly<Record<SketchKind, number>> = { measure: 2, polygon: 3, circle: 2 };

let sketch: Sketch | null = null;
let whenDone: ((points: readonly LatLon[] | null) => void) | null = null;
let isOnMap = false;
const listeners = new Set<() => void>();

export function getSketch(): Sketch | null {
  return sketch;
}

/** The sketch once the map takes clicks for it: its layer loads after the first picture, and earlier clicks are lost. */
export function getSketchOnMap(): Sketch | null {
  return isOnMap ? sketch : null;
}

/** Note whether the map shows sketches and takes clicks for them. */
export function setOnMap(isShown: boolean): void {
  isOnMap = isShown;
  change(sketch);
}

/** Call a listener after each change; returns a function that removes it. */
export function subscribeSketch(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Begin to draw. `done` gets the points when the person finishes, null when they cancel. */
export function startSketch(kind: SketchKind, done: (points: readonly LatLon[] | null) => void = () => {}): void {
  end(null);
  whenDone = done;
  change({ kind, points: [] });
}

/** A circle is complete with its second point. */
export function addPoint(point: LatLon): void {
  if (sketch === null || sketch.points.length >= MOST_POINTS[sketch.kind]) return;
  change({ ...sketch, points: [...sketch.points, point] });
  if (sketch.kind === "circle" && sketch.points.length === MOST_POINTS.circle) finishSketch();
}

export function undoPoint(): void {
  if (sketch !== null) change({ ...sketch, points: sketch.points.slice(0, -1) });
}

export function canFinish(): boolean {
  return sketch !== null && sketch.points.length >= FEWEST_POINTS[sketch.kind];
}

export function finishSketch(): void {
  if (sketch !== null && canFinish()) end(sketch.points);
}

export function cancelSketch(): void {
  if (sketch !== null) end(null);
}

function end(points: readonly LatLon[] | null): void {
  const done = whenDone;
  whenDone = null;
  if (sketch !== null) change(null);
  done?.(points);
}

function change(next: Sketch | null): void {
  sketch = next;
  for (const listener of listeners) listener();
}
