// Moves the map when the selected aircraft is below something, or outside the view: once after the selection, and
// again when a cover changes. Not after a person has moved the map away from it.
import type { Map as LeafletMap } from "leaflet";
import type { FlightLayer } from "./flightLayer";
import { freeInside } from "./freeSpace";
import { limitedY } from "./panning";

export class Revealer {
  private icao24: number | null = null;
  private isDue = false;
  private isLeft = false;
  private isMoving = false;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly map: LeafletMap,
    private readonly layer: FlightLayer,
    /** Shows an aircraft that is outside the view. */
    private readonly show: (icao24: number) => void,
    /** Whether the first selection has a place of its own in the address. */
    private hasPlace: boolean,
  ) {
    map.on("movestart", this.began);
    map.on("moveend", this.ended);
    map.on("dragstart", this.leave);
    map.on("resize", this.reveal);
    this.unsubscribe = layer.onFrame(() => this.move());
  }

  remove(): void {
    this.unsubscribe();
    this.map.off("movestart", this.began);
    this.map.off("moveend", this.ended);
    this.map.off("dragstart", this.leave);
    this.map.off("resize", this.reveal);
  }

  select(icao24: number | null): void {
    if (icao24 !== this.icao24) this.isLeft = false;
    this.icao24 = icao24;
  }

  /** The map was moved on purpose: leave it there until another selection. */
  readonly leave = (): void => {
    this.isLeft = true;
    this.isDue = false;
    this.hasPlace = true;
  };

  readonly reveal = (): void => {
    if (this.icao24 === null || this.isLeft) return;
    this.isDue = true;
    this.layer.touch();
  };

  private move(): void {
    if (!this.isDue || this.icao24 === null || this.isMoving || this.layer.isZooming) return;
    const place = this.layer.placeOf(this.icao24);
    if (place === null) return;
    this.isDue = false;
    const { left, top, right, bottom } = freeInside(this.map);
    const { x: width, y: height } = this.map.getSize();
    const x = outside(place.x, left, right);
    const y = outside(place.y, top, bottom);
    const isFar = Math.abs(x) > width || Math.abs(y) > height;
    if (isFar || !this.hasPlace) {
      this.hasPlace = true;
      this.show(this.icao24);
    } else if (x !== 0 || y !== 0) {
      this.map.panBy([Math.round(x), limitedY(this.map, y)], { animate: this.layer.isSmooth });
    }
  }

  private readonly began = (): void => {
    this.isMoving = true;
  };

  private readonly ended = (): void => {
    this.isMoving = false;
  };
}

function outside(value: number, low: number, high: number): number {
  return value < low ? value - low : Math.max(0, value - high);
}
