// The trails of the aircraft that are selected beside the one whose card is open: each begins with the gateway's track and grows
// with the positions that this page receives.
import type { Map as LeafletMap } from "leaflet";
import type { FlightsClient, RowsListener } from "@/flights/client";
import { joinedTrail } from "@/flights/joinedTrail";
import { presentFlight } from "@/flights/past/flightTrack";
import { TRAIL_NUMBERS } from "@/flights/trailLayout";
import { trailAltitude } from "@/flights/trails";
import { getAlso, subscribeAlso } from "./alsoSelected";
import type { FlightLayer } from "./flightLayer";
import type { Theme } from "./palette";
import { TrailLine } from "./trailLine";

/** Half an hour of a report each second. */
const MOST_POINTS = 1_800;

export class AlsoTrails {
  private readonly lines = new Map<number, { readonly line: TrailLine; readonly track: AlsoTrack }>();
  private readonly forget: () => void;
  private theme: Theme = "dark";

  constructor(
    private readonly map: LeafletMap,
    private readonly client: FlightsClient,
    private readonly layer: FlightLayer,
    private readonly hasHistory: boolean,
  ) {
    this.forget = subscribeAlso(() => this.changed());
    this.changed();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    for (const { line } of this.lines.values()) line.setTheme(theme);
  }

  remove(): void {
    this.forget();
    for (const icao24 of this.lines.keys()) this.drop(icao24);
  }

  private changed(): void {
    const wanted = getAlso();
    for (const icao24 of this.lines.keys()) if (!wanted.includes(icao24)) this.drop(icao24);
    for (const icao24 of wanted) {
      if (this.lines.has(icao24)) continue;
      const track = new AlsoTrack(this.client, icao24, this.hasHistory);
      const line = new TrailLine(this.map, this.client, this.layer, () => track.trail);
      line.setTheme(this.theme);
      line.select(icao24);
      this.lines.set(icao24, { line, track });
    }
  }

  private drop(icao24: number): void {
    const held = this.lines.get(icao24);
    held?.line.remove();
    held?.track.close();
    this.lines.delete(icao24);
  }
}

class AlsoTrack implements RowsListener {
  private earlier = new Float64Array(0);
  private own: number[] = [];
  private readonly loading = new AbortController();
  private readonly unsubscribe: () => void;

  constructor(
    private readonly client: FlightsClient,
    private readonly icao24: number,
    hasHistory: boolean,
  ) {
    this.unsubscribe = client.subscribeRows(this);
    presentFlight(client.access, icao24, hasHistory, this.loading.signal)
      .then(({ trail }) => {
        this.earlier = Float64Array.from(trail);
      })
      .catch((error: unknown) => {
        if (!this.loading.signal.aborted) console.warn("The track did not load:", error);
      });
  }

  get trail(): Float64Array {
    return joinedTrail(this.earlier, Float64Array.from(this.own));
  }

  close(): void {
    this.loading.abort();
    this.unsubscribe();
  }

  rowsChanged(): void {
    const { live } = this.client;
    const row = live.rowOf(this.icao24);
    if (row < 0) return;
    const timeMs = live.positionTimeMs(row);
    if (timeMs <= (this.own.at(-TRAIL_NUMBERS) ?? 0)) return;
    this.own.push(timeMs, live.latitudeDeg(row), live.longitudeDeg(row), trailAltitude(live, row));
    if (this.own.length > MOST_POINTS * TRAIL_NUMBERS) this.own = this.own.slice(-MOST_POINTS * TRAIL_NUMBERS);
  }

  shownChanged(): void {}

  trailChanged(): void {}
}
