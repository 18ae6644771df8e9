// Delay of positions from their time to this page, as percentiles of the last half minute. Counted in the worker
// for every position that a delta frame brings; a key frame repeats what is old already.

const BIN_MS = 100;
/** Two minutes; the last bin has everything longer. */
const BINS = 1_200;
/** Two windows, the older of which is emptied after so many pulses. */
const PULSES = 15;

export interface Latency {
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

export class LatencyHistogram {
  private current = new Uint32Array(BINS);
  private previous = new Uint32Array(BINS);
  private pulses = 0;

  observe(milliseconds: number): void {
    const bin = Math.max(0, Math.min(BINS - 1, Math.floor(milliseconds / BIN_MS)));
    this.current[bin] = (this.current[bin] as number) + 1;
  }

  /** Null without positions. Call once a pulse. */
  take(): Latency | null {
    const both = this.current.map((count, bin) => count + (this.previous[bin] as number));
    if (++this.pulses === PULSES) {
      this.pulses = 0;
      [this.current, this.previous] = [this.previous, this.current];
      this.current.fill(0);
    }
    const total = both.reduce((sum, count) => sum + count, 0);
    if (total === 0) return null;
    return {
      medianMs: quantile(both, 0.5 * total),
      p95Ms: quantile(both, 0.95 * total),
      p99Ms: quantile(both, 0.99 * total),
    };
  }
}

/** The upper end of the bin in which the wanted count is reached. */
function quantile(bins: Uint32Array, wanted: number): number {
  let sum = 0;
  const bin = bins.findIndex((count) => {
    sum += count;
    return sum >= wanted;
  });
  return (bin + 1) * BIN_MS;
}
