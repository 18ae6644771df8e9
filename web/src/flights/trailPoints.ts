// The trails of all aircraft in view as one array for the GPU: consecutive points, with a break between two aircraft. It is
// bounded: with more aircraft in view, each trail is shorter. The worker builds it on request, every few seconds.
import type { FlightRows } from "./flightRows";
import { mercatorX, mercatorY, shortestX } from "./mercator";
import { BREAK, POINT_FLOATS, TRAIL_NUMBERS, type TrailPoints } from "./trailLayout";
import { trailAltitude } from "./trails";

/** A part of the map in fractions of the world; east may be greater than 1. */
export interface WorldArea {
  readonly west: number;
  readonly north: number;
  readonly east: number;
  readonly south: number;
}

/** Where the trails come from: live ones, or those of the past. */
export interface TrailSource {
  /** The last `most` points of a row, oldest first, TRAIL_NUMBERS for each. */
  of(row: number, most: number): Float64Array;
}

/** Trails of shown rows whose last position lies in `area`, `mostPoints` points at most. */
export function trailPoints(rows: FlightRows, trails: TrailSource, area: WorldArea, mostPoints: number): TrailPoints {
  const originX = (area.west + area.east) / 2;
  const originY = (area.north + area.south) / 2;
  const inView = rowsIn(rows, area, originX);
  // Each trail also has the aircraft's present place and a break.
  const each = Math.max(2, Math.min(Number.MAX_SAFE_INTEGER, Math.floor(mostPoints / Math.max(1, inView.length)) - 2));
  const points = new Float32Array(mostPoints * POINT_FLOATS);
  let count = 0;
  for (const row of inView) {
    const trail = trails.of(row, each);
    const length = trail.length / TRAIL_NUMBERS;
    if (count + length + 2 > mostPoints) break;
    let previousX = originX;
    const add = (timeMs: number, latitudeDeg: number, longitudeDeg: number, altitude: number) => {
      const x = previousX + shortestX(mercatorX(longitudeDeg) - previousX);
      previousX = x;
      const at = count * POINT_FLOATS;
      points[at] = x - originX;
      points[at + 1] = mercatorY(latitudeDeg) - originY;
      points[at + 2] = (timeMs - rows.referenceMs) / 1000;
      points[at + 3] = altitude;
      count++;
    };
    // From the present place backwards, so that the nearest copy of the world is that of the aircraft.
    add(rows.positionTimeMs(row), rows.latitudeDeg(row), rows.longitudeDeg(row), trailAltitude(rows, row));
    for (let i = length - 1; i >= 0; i--) {
      const at = i * TRAIL_NUMBERS;
      add(trail[at] as number, trail[at + 1] as number, trail[at + 2] as number, trail[at + 3] as number);
    }
    points[count++ * POINT_FLOATS + 3] = BREAK;
  }
  return { points: points.slice(0, count * POINT_FLOATS), originX, originY, referenceMs: rows.referenceMs };
}

function rowsIn(rows: FlightRows, { west, north, east, south }: WorldArea, originX: number): number[] {
  const found: number[] = [];
  const halfWidth = (east - west) / 2;
  for (let row = 0; row < rows.rowCount; row++) {
    if (rows.shown[row] !== 1) continue;
    if (Math.abs(shortestX(mercatorX(rows.longitudeDeg(row)) - originX)) > halfWidth) continue;
    const y = mercatorY(rows.latitudeDeg(row));
    if (y >= north && y <= south) found.push(row);
  }
  return found;
}
