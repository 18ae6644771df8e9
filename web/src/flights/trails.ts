// Where each aircraft was in the last minutes: a ring of positions per row, filled as frames arrive. Bounded: POINTS
// positions of 16 bytes for each row (20,000 aircraft: 20 MB). The page asks for the trail of the selected aircraft.

const POINTS = 64;
/** A position is kept when so much time passed since the last that was kept. */
const SPACING_MS = 10_000;

export class Trails {
  private latitudes = new Int32Array(0);
  private longitudes = new Int32Array(0);
  private times = new Float64Array(0);
  private counts = new Uint32Array(0);

  reserve(rowCount: number): void {
    if (rowCount <= this.counts.length) return;
    const capacity = Math.max(rowCount, 2 * this.counts.length);
    this.latitudes = extended(this.latitudes, new Int32Array(capacity * POINTS));
    this.longitudes = extended(this.longitudes, new Int32Array(capacity * POINTS));
    this.times = extended(this.times, new Float64Array(capacity * POINTS));
    this.counts = extended(this.counts, new Uint32Array(capacity));
  }

  forget(row: number): void {
    this.counts[row] = 0;
  }

  /** Positions in 1e-5 degrees, the time in milliseconds. */
  record(row: number, latitude: number, longitude: number, timeMs: number): void {
    const count = this.counts[row] as number;
    if (count > 0 && timeMs - (this.times[row * POINTS + ((count - 1) % POINTS)] as number) < SPACING_MS) return;
    const at = row * POINTS + (count % POINTS);
    this.latitudes[at] = latitude;
    this.longitudes[at] = longitude;
    this.times[at] = timeMs;
    this.counts[row] = count + 1;
  }

  /** Latitude and longitude in degrees, oldest first, two numbers for each position. */
  of(row: number): Float64Array<ArrayBuffer> {
    const count = this.counts[row] ?? 0;
    const kept = Math.min(count, POINTS);
    const trail = new Float64Array(kept * 2);
    for (let i = 0; i < kept; i++) {
      const at = row * POINTS + ((count - kept + i) % POINTS);
      trail[2 * i] = (this.latitudes[at] as number) * 1e-5;
      trail[2 * i + 1] = (this.longitudes[at] as number) * 1e-5;
    }
    return trail;
  }
}

function extended<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
