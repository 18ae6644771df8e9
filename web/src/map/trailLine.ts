// The way that the selected aircraft came in the last minutes, up to where it is drawn now. A Leaflet line below the
// aircraft, redrawn a few times a second while something is selected.
import L from "leaflet";
import type { FlightsClient, RowsListener } from "@/flights/client";
import type { FlightLayer } from "./flightLayer";
import { PALETTES, type Theme } from "./palette";

const REDRAW_MS = 250;

export class TrailLine implements RowsListener {
  private readonly line: L.Polyline;
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly unsubscribe: () => void;
  private icao24: number | null = null;
  private trail: Float64Array = new Float64Array(0);

  constructor(
    map: L.Map,
    client: FlightsClient,
    private readonly layer: FlightLayer,
  ) {
    this.line = L.polyline([], { weight: 2, opacity: 0.75, interactive: false, smoothFactor: 0.5 }).addTo(map);
    this.timer = setInterval(() => this.redraw(), REDRAW_MS);
    this.unsubscribe = client.subscribeRows(this);
  }

  remove(): void {
    clearInterval(this.timer);
    this.unsubscribe();
    this.line.remove();
  }

  setTheme(theme: Theme): void {
    this.line.setStyle({ color: PALETTES[theme].trail });
  }

  select(icao24: number | null): void {
    this.icao24 = icao24;
    this.trail = new Float64Array(0);
    this.redraw();
  }

  rowsChanged(): void {}

  shownChanged(): void {}

  trailChanged(icao24: number, trail: Float64Array): void {
    if (icao24 === this.icao24) this.trail = trail;
  }

  private redraw(): void {
    const head = this.icao24 === null ? null : this.layer.placeOf(this.icao24);
    if (head === null) {
      if (!this.line.isEmpty()) this.line.setLatLngs([]);
      return;
    }
    const points: [number, number][] = [];
    let longitude = this.trail[1] ?? head.longitudeDeg;
    const append = (latitudeDeg: number, longitudeDeg: number) => {
      // The line goes on over the 180th meridian instead of back around the world.
      longitude = longitudeDeg + 360 * Math.round((longitude - longitudeDeg) / 360);
      points.push([latitudeDeg, longitude]);
    };
    for (let i = 0; i < this.trail.length; i += 2) append(this.trail[i] as number, this.trail[i + 1] as number);
    append(head.latitudeDeg, head.longitudeDeg);
    this.line.setLatLngs(points);
  }
}
