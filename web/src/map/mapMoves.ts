// What moves the map on its own or on request: shows an aircraft, fits areas, follows the selected aircraft and keeps it
// visible. Loaded when it is first needed.
import type { Map as LeafletMap } from "leaflet";
import type { LatLon } from "@/flights/greatCircle";
import { type Box, boxAround } from "./bounds";
import type { FlightLayer } from "./flightLayer";
import { Follower } from "./follower";
import { freeCentre, freeInside } from "./freeSpace";
import { Revealer } from "./revealer";

const SHOWN_LEAST_ZOOM = 6;
const FIT_MOST_ZOOM = 9;

export class MapMoves {
  private readonly follower: Follower;
  private readonly revealer: Revealer;

  /** @param hasPlace whether the address had a place of the map. */
  constructor(
    private readonly map: LeafletMap,
    private readonly layer: FlightLayer,
    hasPlace: boolean,
    followEnded: () => void,
  ) {
    this.follower = new Follower(map, layer, followEnded);
    this.revealer = new Revealer(map, layer, (icao24) => this.show(icao24), hasPlace);
  }

  get isFollowing(): boolean {
    return this.follower.isFollowing;
  }

  remove(): void {
    this.follower.remove();
    this.revealer.remove();
  }

  follow(icao24: number | null): void {
    this.follower.follow(icao24);
  }

  select(icao24: number | null): void {
    this.revealer.select(icao24);
  }

  reveal(): void {
    this.revealer.reveal();
  }

  show(icao24: number): void {
    const place = this.layer.placeOf(icao24);
    if (place !== null) this.centre(place, Math.max(this.map.getZoom(), SHOWN_LEAST_ZOOM));
  }

  goTo(place: LatLon, zoom: number): void {
    this.revealer.leave();
    this.centre(place, zoom);
  }

  fitAround(places: readonly LatLon[]): void {
    const box = boxAround(places);
    if (box !== null) this.fit(box);
  }

  fit(box: Box): void {
    this.revealer.leave();
    const { left, top, right, bottom } = freeInside(this.map);
    const { x, y } = this.map.getSize();
    this.map.fitBounds(
      [
        [box.south, box.west],
        [box.north, box.east],
      ],
      {
        paddingTopLeft: [left, top],
        paddingBottomRight: [x - right, y - bottom],
        maxZoom: FIT_MOST_ZOOM,
        animate: this.layer.isSmooth,
      },
    );
  }

  /** Show a place in the middle of what nothing covers. */
  private centre({ latitudeDeg, longitudeDeg }: LatLon, zoom: number): void {
    const { x, y } = freeCentre(this.map);
    const middle = this.map.getSize().divideBy(2).subtract([x, y]);
    const centre = this.map.project([latitudeDeg, longitudeDeg], zoom).add(middle);
    this.map.setView(this.map.unproject(centre, zoom), zoom, { animate: this.layer.isSmooth });
  }
}
