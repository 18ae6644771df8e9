// Keeps the selected aircraft in the middle of the visible map. It moves the map by whole pixels, and only once the aircraft
// has moved that far, so a far view costs nothing. It stops when a person moves the map.
import type { Map as LeafletMap } from "leaflet";
import type { FlightLayer } from "./flightLayer";
import { freeCentre } from "./freeSpace";
import { limitedY } from "./panning";

/** Beyond this distance the map jumps instead of gliding. */
const FAR_PX = 2_000;

export class Follower {
  private icao24: number | null = null;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly map: LeafletMap,
    private readonly layer: FlightLayer,
    private readonly onEnded: () => void,
  ) {
    map.on("dragstart", this.moved);
    map.getContainer().addEventListener("keydown", this.pressed);
    this.unsubscribe = layer.onFrame(() => this.move());
  }

  get isFollowing(): boolean {
    return this.icao24 !== null;
  }

  remove(): void {
    this.unsubscribe();
    this.map.off("dragstart", this.moved);
    this.map.getContainer().removeEventListener("keydown", this.pressed);
  }

  follow(icao24: number | null): void {
    this.icao24 = icao24;
    // While it follows, the wheel zooms around the aircraft instead of the pointer.
    this.map.options.scrollWheelZoom = icao24 === null ? true : "center";
    this.map.options.touchZoom = icao24 === null ? true : "center";
    this.layer.touch();
  }

  private move(): void {
    if (this.icao24 === null || this.layer.isZooming) return;
    const place = this.layer.placeOf(this.icao24);
    if (place === null) return;
    const centre = freeCentre(this.map);
    const x = Math.round(place.x - centre.x);
    // At the edge of the world the aircraft leaves the middle.
    const y = limitedY(this.map, place.y - centre.y);
    if (x === 0 && y === 0) return;
    if (Math.abs(x) > FAR_PX || Math.abs(y) > FAR_PX) {
      this.map.setView([place.latitudeDeg, place.longitudeDeg], this.map.getZoom(), { animate: false });
    } else this.map.panBy([x, y], { animate: false });
  }

  private readonly pressed = ({ key }: KeyboardEvent): void => {
    if (key.startsWith("Arrow")) this.moved();
  };

  private readonly moved = (): void => {
    if (this.icao24 === null) return;
    this.follow(null);
    this.onEnded();
  };
}
