// The counts of the last ten minutes, one sample a second, for the charts over time. Bounded; the page keeps it while it
// is open, whichever tab is shown.
import type { FlightsClient } from "@/flights/client";
import type { FlightRows } from "@/flights/flightRows";
import { INSTANCE, INSTANCE_FLOATS } from "@/flights/instance";
import type { Latency } from "@/flights/latency";
import type { Pulse } from "@/flights/workerMessages";

export const KEPT_SAMPLES = 600;
/** The first key frames arrive in one burst that would flatten the rest of the chart. */
const SKIPPED = 2;
/** Changing filters causes extra pulses; rates over such a short time are meaningless. */
const SHORTEST_MS = 500;
/** Ticks and pulses drift against each other, so a rate is the mean of this many samples. */
const MEAN_OF = 5;

export interface Sample {
  readonly timeMs: number;
  readonly aircraft: number;
  readonly positionsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly messagesPerSecond: number;
  readonly ages: Ages;
  readonly latency: Latency | null;
}

type Rates = Pick<Pulse, "updatesPerSecond" | "bytesPerSecond" | "messagesPerSecond">;

/** How old the positions of the shown aircraft are, seconds; null when none is shown. */
export interface Ages {
  readonly medianS: number | null;
  readonly mostS: number | null;
}

export class PulseHistory {
  private kept: readonly Sample[] = [];
  private lastPulse: unknown = null;
  private skipped = 0;
  private rates: readonly Rates[] = [];
  private readonly unsubscribe: () => void;

  constructor(client: FlightsClient) {
    this.unsubscribe = client.subscribe(() => {
      const { pulse, connection } = client.getSnapshot();
      if (pulse === null || pulse === this.lastPulse) return;
      this.lastPulse = pulse;
      if (connection?.phase !== "live") return;
      const timeMs = client.serverTimeMs();
      if (timeMs - (this.kept.at(-1)?.timeMs ?? 0) < SHORTEST_MS || this.skipped++ < SKIPPED) return;
      const { updatesPerSecond, bytesPerSecond, messagesPerSecond } = pulse;
      this.rates = [...this.rates.slice(1 - MEAN_OF), { updatesPerSecond, bytesPerSecond, messagesPerSecond }];
      this.add({
        timeMs,
        aircraft: pulse.statistics.shown,
        positionsPerSecond: meanOf(this.rates, "updatesPerSecond"),
        bytesPerSecond: meanOf(this.rates, "bytesPerSecond"),
        messagesPerSecond: meanOf(this.rates, "messagesPerSecond"),
        latency: pulse.latency,
        ages: agesOf(client.live, (timeMs - client.live.referenceMs) / 1000),
      });
    });
  }

  /** Oldest first. */
  get samples(): readonly Sample[] {
    return this.kept;
  }

  close(): void {
    this.unsubscribe();
  }

  add(sample: Sample): void {
    this.kept = [...this.kept.slice(1 - KEPT_SAMPLES), sample];
  }
}

function meanOf(rates: readonly Rates[], name: keyof Rates): number {
  return rates.reduce((sum, rate) => sum + rate[name], 0) / rates.length;
}

const BIN_S = 0.5;
const BINS = 480;

/** Ages by a histogram of half seconds up to four minutes: one pass over the rows, no sorting. */
export function agesOf(rows: FlightRows, nowS: number): Ages {
  const bins = new Uint32Array(BINS);
  let count = 0;
  for (let row = 0; row < rows.rowCount; row++) {
    if (rows.shown[row] !== 1) continue;
    const ageS = nowS - (rows.instances[row * INSTANCE_FLOATS + INSTANCE.heardTime] as number);
    const bin = Math.max(0, Math.min(BINS - 1, Math.floor(ageS / BIN_S)));
    bins[bin] = (bins[bin] as number) + 1;
    count++;
  }
  return { medianS: quantile(bins, 0.5 * count), mostS: quantile(bins, 0.95 * count) };
}

function quantile(bins: Uint32Array, wanted: number): number | null {
  if (wanted === 0) return null;
  let sum = 0;
  for (let bin = 0; bin < bins.length; bin++) {
    sum += bins[bin] as number;
    if (sum >= wanted) return (bin + 1) * BIN_S;
  }
  return null;
}
