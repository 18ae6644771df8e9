// The track of the selected aircraft before what this page received: the gateway's last half hour, and from the history the
// whole flight. Loaded when an aircraft is selected, with a new token, and when another flight of it is shown.
// The map's trail and the card's profile begin with it.

import type { LoadedTrack } from "./past/flightTrack";
import type { Access } from "./past/pastMessages";
import type { TrackPoint } from "./track";

const NO_TRACK: LoadedTrack = { points: [], trail: new Float64Array(0) };
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
  private points = NO_TRACK.points;
  private trail = NO_TRACK.trail;
  private loading = new AbortController();
  private settling: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly access: () => Access) {}

  select(icao24: number | null): void {
    if (icao24 === this.icao24) return;
    this.icao24 = icao24;
    this.keep(NO_TRACK);
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
    return icao24 === this.icao24 ? this.points : NO_TRACK.points;
  }

  /** The same as a trail. */
  trailOf(icao24: number | null): Float64Array {
    return icao24 === this.icao24 ? this.trail : NO_TRACK.trail;
  }

  private load(): void {
    this.loading.abort();
    clearTimeout(this.settling);
    const { icao24, atMs } = this;
    if (icao24 === null || this.access().url === "") return;
    this.loading = new AbortController();
    const { signal } = this.loading;
    const loaded = import("./past/flightTrack").then(({ flightAt, presentFlight }) =>
      atMs === null
        ? presentFlight(this.access(), icao24, this.hasHistory, signal)
        : flightAt(this.access(), icao24, atMs, signal),
    );
    const take = (track: LoadedTrack) => {
      if (signal.aborted) return;
      this.keep(track);
      const [first, last] = [track.points[0], track.points.at(-1)];
      if (atMs === null || first === undefined || last === undefined) return;
      this.forMs = {
        fromMs: Math.min(first.timeMs, atMs - SAME_FLIGHT_MS),
        toMs: Math.max(last.timeMs, atMs + SAME_FLIGHT_MS),
      };
    };
    loaded.then(take).catch((error: unknown) => console.warn("The track did not load:", error));
  }

  private keep({ points, trail }: LoadedTrack): void {
    this.points = points;
    this.trail = trail;
  }
}
