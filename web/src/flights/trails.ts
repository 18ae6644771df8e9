// Where each aircraft was in the last minutes: the last POINTS positions of each row, kept as frames arrive. Bounded by
// 16 bytes for each of them (20,000 aircraft: 20 MB), taken plane by plane as the trails grow longer. The page asks for
// the trail of the selected aircraft.

const POINTS = 64;
/** A position is kept when so much time passed since the last that was kept. */
const SPACING_MS = 10_000;

/** The n-th position of every row. */
interface Plane {
  readonly latitudes: Int32Array;
  readonly longitudes: Int32Array;
  readonly timesMs: Float64Array;
}

export class Trails {
  private readonly planes: Plane[] = [];
  private counts = new Uint32Array(0);

  reserve(rowCount: number): void {
    if (rowCount <= this.counts.length) return;
    const capacity = Math.max(rowCount, 2 * this.counts.length);
    this.counts = extended(this.counts, new Uint32Array(capacity));
    this.planes.forEach((plane, i) => {
      this.planes[i] = {
        latitudes: extended(plane.latitudes, new Int32Array(capacity)),
        longitudes: extended(plane.longitudes, new Int32Array(capacity)),
        timesMs: extended(plane.timesMs, new Float64Array(capacity)),
      };
    });
  }

  forget(row: number): void {
    this.counts[row] = 0;
  }

  /** Positions in 1e-5 degrees, the time in milliseconds. */
  record(row: number, latitude: number, longitude: number, timeMs: number): void {
    const count = this.counts[row] as number;
    if (count > 0 && timeMs - (this.planeOf(count - 1).timesMs[row] as number) < SPACING_MS) return;
    const plane = this.planeOf(count);
    plane.latitudes[row] = latitude;
    plane.longitudes[row] = longitude;
    plane.timesMs[row] = timeMs;
    this.counts[row] = count + 1;
  }

  /** Latitude and longitude in degrees, oldest first, two numbers for each position. */
  of(row: number): Float64Array<ArrayBuffer> {
    const count = this.counts[row] ?? 0;
    const kept = Math.min(count, POINTS);
    const trail = new Float64Array(kept * 2);
    for (let i = 0; i < kept; i++) {
      const plane = this.planeOf(count - kept + i);
      trail[2 * i] = (plane.latitudes[row] as number) * 1e-5;
      trail[2 * i + 1] = (plane.longitudes[row] as number) * 1e-5;
    }
    return trail;
  }

  private planeOf(count: number): Plane {
    const index = count % POINTS;
    const capacity = this.counts.length;
    this.planes[index] ??= {
      latitudes: new Int32Array(capacity),
      longitudes: new Int32Array(capacity),
      timesMs: new Float64Array(capacity),
    };
    return this.planes[index];
  }
}

function extended<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
