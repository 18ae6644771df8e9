// The gateway's recent track of the selected aircraft: loaded when it is selected, and again with a new token. The map's trail and the card's profile begin with it.
import { loadTrack, type TrackPoint, trailOf } from "./track";

const NO_POINTS: readonly TrackPoint[] = [];
const NO_TRAIL: Float64Array = new Float64Array(0);

export class EarlierTrack {
  private icao24: number | null = null;
  private token = "";
  private points = NO_POINTS;
  private trail = NO_TRAIL;
  private loading = new AbortController();

  constructor(private readonly gatewayUrl: () => string) {}

  select(icao24: number | null): void {
    if (icao24 === this.icao24) return;
    this.icao24 = icao24;
    this.points = NO_POINTS;
    this.trail = NO_TRAIL;
    this.load();
  }

  showToken(token: string): void {
    this.token = token;
    if (this.points.length === 0) this.load();
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
    const { icao24 } = this;
    if (icao24 === null || this.gatewayUrl() === "") return;
    this.loading = new AbortController();
    const { signal } = this.loading;
    void loadTrack(this.gatewayUrl(), this.token, icao24, signal).then((points) => {
      if (signal.aborted) return;
      this.points = points;
      this.trail = trailOf(points);
    });
  }
}
