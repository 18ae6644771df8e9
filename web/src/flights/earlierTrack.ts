// The track of the selected aircraft before what this page received: the gateway's last half hour, and from the history the
// whole flight. Loaded when an aircraft is selected, with a new token, and when another flight of it is shown.
// The map's trail and the card's profile begin with it.
import type { Access } from "./past/pastMessages";
import { loadTrack, type TrackPoint, trailOf } from "./track";

const NO_POINTS: readonly TrackPoint[] = [];
const NO_TRAIL: Float64Array = new Float64Array(0);
/** No flight is longer. */
const LONGEST_FLIGHT_MS = 20 * 3_600_000;
/** So long around a moment no other flight is looked for. */
const SAME_FLIGHT_MS = 5 * 60_000;
/** A person who drags through the time wants no track of the moments on the way. */
const SETTLE_MS = 400;

export class EarlierTrack {
  /** Whether the tracker keeps a history: only then the beginning of a flight is asked for. */
  private hasHistory = false;
  private icao24: number | null = null;
  /** The moment that is shown; null for the present. */
  private atMs: number | null = null;
  /** Moments for which the points hold. */
  private forMs = { fromMs: 0, toMs: 0 };
  private points = NO_POINTS;
  private trail = NO_TRAIL;
  private loading = new AbortController();
  private settling: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly access: () => Access) {}

  select(icao24: number | null): void {
    if (icao24 === this.icao24) return;
    this.icao24 = icao24;
    this.keep(NO_POINTS);
    this.load();
  }

  /** The tracker keeps a history: from now on tracks begin where the flight began. */
  continueBack(): void {
    if (this.hasHistory) return;
    this.hasHistory = true;
    this.load();
  }

  /** Another token, or another answer is possible. */
  reload(): void {
    if (this.points.length === 0) this.load();
  }

  /** Hold the flight of this moment; null for that of the present. */
  showAt(atMs: number | null): void {
    const wasPast = this.atMs !== null;
    this.atMs = atMs;
    if (atMs === null) {
      if (wasPast) this.load();
      return;
    }
    if (wasPast && atMs >= this.forMs.fromMs && atMs <= this.forMs.toMs) return;
    this.forMs = { fromMs: atMs - SAME_FLIGHT_MS, toMs: atMs + SAME_FLIGHT_MS };
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.load(), wasPast ? SETTLE_MS : 0);
  }

  /** Oldest first; empty unless the aircraft is the selected one. */
  pointsOf(icao24: number | null): readonly TrackPoint[] {
    return icao24 === this.icao24 ? this.points : NO_POINTS;
  }

  /** The same as a trail. */
  trailOf(icao24: number | null): Float64Array {
    return icao24 === this.icao24 ? this.trail : NO_TRAIL;
  }

  private load(): void {
    this.loading.abort();
    clearTimeout(this.settling);
    const { icao24, atMs } = this;
    if (icao24 === null || this.access().url === "") return;
    this.loading = new AbortController();
    const { signal } = this.loading;
    const loaded = atMs === null ? this.loadPresent(icao24, signal) : this.loadPast(icao24, atMs, signal);
    const take = (points: readonly TrackPoint[]) => {
      if (signal.aborted) return;
      this.keep(points);
      const [first, last] = [points[0], points.at(-1)];
      if (atMs === null || first === undefined || last === undefined) return;
      this.forMs = {
        fromMs: Math.min(first.timeMs, atMs - SAME_FLIGHT_MS),
        toMs: Math.max(last.timeMs, atMs + SAME_FLIGHT_MS),
      };
    };
    loaded.then(take).catch((error: unknown) => console.warn("The track did not load:", error));
  }

  /** The files of the history end some minutes ago, so the gateway's half hour continues them. */
  private async loadPresent(icao24: number, signal: AbortSignal): Promise<readonly TrackPoint[]> {
    const recent = await loadTrack(this.access(), icao24, null, signal);
    const last = recent.at(-1);
    if (!this.hasHistory || last === undefined) return recent;
    const period = { fromMs: last.timeMs - LONGEST_FLIGHT_MS, toMs: last.timeMs };
    const kept = await loadTrack(this.access(), icao24, period, signal);
    const recentFromMs = (recent[0] as TrackPoint).timeMs;
    const { flightOf } = await import("./past/flightOf");
    return flightOf([...kept.filter(({ timeMs }) => timeMs < recentFromMs), ...recent], last.timeMs);
  }

  private async loadPast(icao24: number, atMs: number, signal: AbortSignal): Promise<readonly TrackPoint[]> {
    const period = { fromMs: atMs - LONGEST_FLIGHT_MS, toMs: atMs + LONGEST_FLIGHT_MS };
    const points = await loadTrack(this.access(), icao24, period, signal);
    const { flightOf } = await import("./past/flightOf");
    return flightOf(points, atMs);
  }

  private keep(points: readonly TrackPoint[]): void {
    this.points = points;
    this.trail = trailOf(points);
  }
}
