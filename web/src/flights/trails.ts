// Recent positions of each aircraft: the last POINTS positions of each row, kept as frames arrive. Bounded by
// 14 bytes for each of them (20,000 aircraft: 18 MB), taken plane by plane as the trails grow longer. The page asks for
// the trail of the selected aircraft, and for those of all aircraft in view (trailPoints.ts).
import { COLUMN, COLUMN_COUNT, NULL_VALUE } from "@flighttracker/client";
import type { FlightRows } from "./flightRows";
import { TRAIL_NUMBERS, TRAIL_ON_GROUND } from "./trailLayout";

export const POINTS = 64;
/** Least time between two kept positions. */
export const SPACING_MS = 10_000;
/** Times are stored in this unit since the first one, so they fit in 32 bits for 13 years. */
const TIME_UNIT_MS = 100;

/** The n-th stored position of every row. */
interface Plane {
  readonly latitudes: Int32Array;
  readonly longitudes: Int32Array;
  readonly altitudes: Int16Array;
  readonly times: Uint32Array;
}

export class Trails {
  private readonly planes: Plane[] = [];
  private counts = new Uint32Array(0);
  private lastMs = new Float64Array(0);
  private baseMs = Number.NaN;

  reserve(rowCount: number): void {
    if (rowCount <= this.counts.length) return;
    const capacity = Math.max(rowCount, 2 * this.counts.length);
    this.counts = extended(this.counts, new Uint32Array(capacity));
    this.lastMs = extended(this.lastMs, new Float64Array(capacity));
    this.planes.forEach((plane, i) => {
      const longer = emptyPlane(capacity);
      longer.latitudes.set(plane.latitudes);
      longer.longitudes.set(plane.longitudes);
      longer.altitudes.set(plane.altitudes);
      longer.times.set(plane.times);
      this.planes[i] = longer;
    });
  }

  forget(row: number): void {
    this.counts[row] = 0;
  }

  /** Positions in 1e-5 degrees, the altitude as stored or TRAIL_ON_GROUND, the time in milliseconds. */
  record(row: number, latitude: number, longitude: number, altitude: number, timeMs: number): void {
    const count = this.counts[row] as number;
    if (count > 0 && timeMs - (this.lastMs[row] as number) < SPACING_MS) return;
    if (Number.isNaN(this.baseMs)) this.baseMs = timeMs - 3_600_000;
    const plane = this.planeOf(count);
    plane.latitudes[row] = latitude;
    plane.longitudes[row] = longitude;
    plane.altitudes[row] = altitude;
    plane.times[row] = Math.max(0, (timeMs - this.baseMs) / TIME_UNIT_MS);
    this.lastMs[row] = timeMs;
    this.counts[row] = count + 1;
  }

  /** The last `most` points, oldest first, TRAIL_NUMBERS for each. */
  of(row: number, most = POINTS): Float64Array<ArrayBuffer> {
    const count = this.counts[row] ?? 0;
    const kept = Math.min(count, POINTS, most);
    const trail = new Float64Array(kept * TRAIL_NUMBERS);
    for (let i = 0; i < kept; i++) {
      const plane = this.planeOf(count - kept + i);
      const at = i * TRAIL_NUMBERS;
      trail[at] = this.baseMs + (plane.times[row] as number) * TIME_UNIT_MS;
      trail[at + 1] = (plane.latitudes[row] as number) * 1e-5;
      trail[at + 2] = (plane.longitudes[row] as number) * 1e-5;
      trail[at + 3] = plane.altitudes[row] as number;
    }
    return trail;
  }

  private planeOf(count: number): Plane {
    const index = count % POINTS;
    this.planes[index] ??= emptyPlane(this.counts.length);
    return this.planes[index];
  }
}

/** The altitude of a row as trails keep it. */
export function trailAltitude(rows: FlightRows, row: number): number {
  if (rows.isOnGround(row)) return TRAIL_ON_GROUND;
  return rows.dynamic[row * COLUMN_COUNT + COLUMN.baroAltitude] ?? NULL_VALUE;
}

function emptyPlane(capacity: number): Plane {
  return {
    latitudes: new Int32Array(capacity),
    longitudes: new Int32Array(capacity),
    altitudes: new Int16Array(capacity),
    times: new Uint32Array(capacity),
  };
}

function extended<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
