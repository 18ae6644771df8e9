// The trail of the selected aircraft up to its present place, coloured by altitude: the gateway's track, then the positions
// that this page received. Leaflet lines below the aircraft; several times a second only the last one is redrawn.

import { NULL_VALUE } from "@flighttracker/client";
import L from "leaflet";
import type { FlightsClient, RowsListener } from "@/flights/client";
import { joinedTrail } from "@/flights/joinedTrail";
import { TRAIL_NUMBERS, TRAIL_ON_GROUND } from "@/flights/trailLayout";
import { trailAltitude } from "@/flights/trails";
import { nearLongitude } from "./bounds";
import type { FlightLayer } from "./flightLayer";
import { altitudeCss, PALETTES, type Theme } from "./palette";

const REDRAW_MS = 250;
/** 1,000 ft in the unit of the trail: finer colours look the same. */
const ALTITUDE_STEP = 40;
const STYLE = { weight: 2.5, opacity: 0.9, interactive: false, smoothFactor: 0.5, className: "trail" } as const;

const NO_TRAIL: Float64Array = new Float64Array(0);

export class TrailLine implements RowsListener {
  private readonly flown = L.layerGroup();
  private readonly head = L.polyline([], STYLE);
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly unsubscribe: () => void;
  private icao24: number | null = null;
  private own = NO_TRAIL;
  private drawnFor = "";
  private last: L.LatLngTuple | null = null;
  private theme: Theme = "dark";

  constructor(
    private readonly map: L.Map,
    private readonly client: FlightsClient,
    private readonly layer: FlightLayer,
    /** Another trail than that of the selected aircraft. */
    private readonly trailOf: (() => Float64Array) | null = null,
  ) {
    this.flown.addTo(map);
    this.head.addTo(map);
    this.timer = setInterval(() => this.redraw(), REDRAW_MS);
    this.unsubscribe = client.subscribeRows(this);
  }

  remove(): void {
    clearInterval(this.timer);
    this.unsubscribe();
    this.flown.remove();
    this.head.remove();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.redraw();
  }

  select(icao24: number | null): void {
    if (icao24 === this.icao24) return;
    this.icao24 = icao24;
    this.own = NO_TRAIL;
    this.redraw();
  }

  rowsChanged(): void {}

  shownChanged(): void {}

  trailChanged(icao24: number, trail: Float64Array): void {
    if (icao24 === this.icao24) this.own = trail;
  }

  private redraw(): void {
    const place = this.icao24 === null ? null : this.layer.placeOf(this.icao24);
    if (this.icao24 === null || place === null) {
      this.clear();
      return;
    }
    // In the past the trail ends at the moment that is shown.
    const untilMs = this.client.shownTimeMs();
    const track = this.trailOf?.() ?? joinedTrail(this.client.earlier.trailOf(this.icao24), this.own);
    let count = track.length / TRAIL_NUMBERS;
    while (count > 0 && (track[(count - 1) * TRAIL_NUMBERS] as number) > untilMs) count--;
    const near = nearLongitude(place.longitudeDeg, this.map.getCenter().lng);
    const key = [
      this.theme,
      count,
      track[0],
      track[(count - 1) * TRAIL_NUMBERS],
      Math.round((near - place.longitudeDeg) / 360),
    ];
    if (key.join(" ") !== this.drawnFor) {
      this.drawnFor = key.join(" ");
      this.drawFlown(track.subarray(0, count * TRAIL_NUMBERS), near);
    }
    const row = this.client.rows.rowOf(this.icao24);
    this.head.setStyle({ color: this.colourOf(row < 0 ? NULL_VALUE : trailAltitude(this.client.rows, row)) });
    this.head.setLatLngs(this.last === null ? [] : [this.last, [place.latitudeDeg, near]]);
  }

  private clear(): void {
    if (this.drawnFor === "") return;
    this.drawnFor = "";
    this.last = null;
    this.flown.clearLayers();
    this.head.setLatLngs([]);
  }

  /** One line for each run of points with the same colour, from the aircraft backwards, starting at its copy of the world. */
  private drawFlown(track: Float64Array, near: number): void {
    this.flown.clearLayers();
    this.last = null;
    let longitude = near;
    let colour = "";
    let points: L.LatLngTuple[] = [];
    const finish = () => {
      if (points.length > 1) L.polyline(points, { ...STYLE, color: colour }).addTo(this.flown);
    };
    for (let at = track.length - TRAIL_NUMBERS; at >= 0; at -= TRAIL_NUMBERS) {
      longitude = nearLongitude(track[at + 2] as number, longitude);
      const point: L.LatLngTuple = [track[at + 1] as number, longitude];
      this.last ??= point;
      points.push(point);
      const next = this.colourOf(track[at + 3] as number);
      if (next === colour) continue;
      finish();
      colour = next;
      points = [point];
    }
    finish();
  }

  private colourOf(altitude: number): string {
    const palette = PALETTES[this.theme];
    if (altitude === TRAIL_ON_GROUND) return palette.ground;
    if (altitude === NULL_VALUE) return palette.unknown;
    return altitudeCss(palette, Math.round(altitude / ALTITUDE_STEP) * ALTITUDE_STEP);
  }
}
