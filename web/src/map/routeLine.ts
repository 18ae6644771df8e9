// The route of the selected flight on great circles: from its origin to its present position and on to its destination,
// with both airports. Redrawn every few seconds, because the aircraft moves.
import L from "leaflet";
import type { FlightsClient } from "@/flights/client";
import { greatCircle, type LatLon } from "@/flights/greatCircle";
import { type Airport, airportCalled, codeOf, loadAirports } from "./airports";
import { nearLongitude } from "./bounds";
import { BoxIndex } from "./boxIndex";
import type { FlightLayer } from "./flightLayer";
import { PALETTES, type Theme } from "./palette";
import { labelPlace, offsetOf, textsOn } from "./tooltipSide";

const REDRAW_MS = 2_000;
const SIDES = ["above", "right", "left", "below"] as const;
const END_PX = 4;
const STYLE = { weight: 1.5, interactive: false, smoothFactor: 0.5 } as const;

export class RouteLine {
  private readonly flown = L.polyline([], { ...STYLE, opacity: 0.35, dashArray: "1 5", className: "route-flown" });
  private readonly ahead = L.polyline([], { ...STYLE, opacity: 0.75, dashArray: "6 6", className: "route-ahead" });
  private readonly ends = L.layerGroup();
  private readonly timer: ReturnType<typeof setInterval>;
  private airports: readonly Airport[] = [];
  private icao24: number | null = null;
  private shownEnds = "";
  private theme: Theme = "dark";

  constructor(
    private readonly map: L.Map,
    private readonly client: FlightsClient,
    private readonly layer: FlightLayer,
  ) {
    for (const part of [this.flown, this.ahead, this.ends]) part.addTo(map);
    this.timer = setInterval(() => this.redraw(), REDRAW_MS);
    map.on("zoomend", this.redraw);
  }

  remove(): void {
    clearInterval(this.timer);
    this.map.off("zoomend", this.redraw);
    for (const part of [this.flown, this.ahead, this.ends]) part.remove();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    for (const line of [this.flown, this.ahead]) line.setStyle({ color: PALETTES[theme].trail });
    this.shownEnds = "";
    this.redraw();
  }

  select(icao24: number | null): void {
    this.icao24 = icao24;
    this.redraw();
    if (icao24 === null || this.airports.length > 0) return;
    loadAirports()
      .then((airports) => {
        this.airports = airports;
        this.redraw();
      })
      .catch((error: unknown) => console.warn("The map shows no routes:", error));
  }

  /** The known airports of the selected flight, and its present position. */
  places(): LatLon[] {
    const head = this.icao24 === null ? null : this.layer.placeOf(this.icao24);
    const { origin, destination } = this.endsOf();
    return [origin, head, destination].filter((place) => place !== null);
  }

  private readonly redraw = (): void => {
    const head = this.icao24 === null ? null : this.layer.placeOf(this.icao24);
    const { origin, destination } = this.endsOf();
    const row = this.icao24 === null ? -1 : this.client.rows.rowOf(this.icao24);
    const isOnGround = row >= 0 && this.client.rows.isOnGround(row);
    const near = this.map.getCenter().lng;
    draw(this.flown, head === null || origin === null ? [] : greatCircle(head, origin), near);
    // An aircraft at its destination has no route ahead.
    const hasAhead =
      head !== null && destination !== null && !(isOnGround && this.client.rows.status(row) === "landed");
    draw(this.ahead, hasAhead ? greatCircle(head, destination) : [], near);
    this.drawEnds(head, [origin, destination]);
  };

  private drawEnds(head: LatLon | null, airports: readonly (Airport | null)[]): void {
    const shown = head === null ? [] : airports.filter((airport) => airport !== null);
    const center = this.map.getCenter().lng;
    const texts = shown.length === 0 ? [] : textsOn(this.map);
    const taken = new BoxIndex(texts);
    const ends = shown.map((airport) => {
      const at: L.LatLngTuple = [airport.latitudeDeg, nearLongitude(airport.longitudeDeg, center)];
      const code = codeOf(airport);
      // The map may name the airport itself.
      const isNamed = texts.some(({ words }) => words === code);
      return { at, code, place: isNamed ? null : labelPlace(this.map, at, code, SIDES, taken) };
    });
    const key = JSON.stringify(ends);
    if (key === this.shownEnds) return;
    this.shownEnds = key;
    this.ends.clearLayers();
    const { trail, labelHalo } = PALETTES[this.theme];
    for (const { at, code, place } of ends) {
      const style = {
        radius: END_PX,
        weight: 2,
        color: trail,
        fillColor: labelHalo,
        fillOpacity: 1,
        interactive: false,
      };
      const end = L.circleMarker(at, style).addTo(this.ends);
      if (place === null) continue;
      const { direction } = place;
      const offset = L.point(offsetOf(place, END_PX));
      end.bindTooltip(code, { permanent: true, direction, className: "route-end", offset });
    }
  }

  private endsOf(): { readonly origin: Airport | null; readonly destination: Airport | null } {
    const { rows } = this.client;
    const row = this.icao24 === null ? -1 : rows.rowOf(this.icao24);
    if (row < 0) return { origin: null, destination: null };
    return {
      origin: airportCalled(this.airports, rows.textOf(row, "origin")),
      destination: airportCalled(this.airports, rows.textOf(row, "destination")),
    };
  }
}

function draw(line: L.Polyline, places: readonly LatLon[], near: number): void {
  const first = places[0];
  const shift = first === undefined ? 0 : nearLongitude(first.longitudeDeg, near) - first.longitudeDeg;
  line.setLatLngs(places.map(({ latitudeDeg, longitudeDeg }) => [latitudeDeg, longitudeDeg + shift]));
}
