// What the layer of aircraft reports to the map, and where it draws an aircraft.
import type { thinOut } from "./crowding";
import type { RendererKind } from "./renderer";

export interface LayerEvents {
  hovered(icao24: number | null, x: number, y: number): void;
  selected(icao24: number | null): void;
  /** How many aircraft are drawn of those that pass the filters. */
  thinned(drawn: number, shown: number): void;
  rendererChanged(kind: RendererKind, reason: string): void;
}

export interface ShownPlace {
  readonly latitudeDeg: number;
  readonly longitudeDeg: number;
  readonly headingDeg: number;
  /** Pixels from the map's corner. */
  readonly x: number;
  readonly y: number;
}

/** What the layer gets after the first picture, which is then there sooner. */
export interface LayerExtras {
  /** Addresses of the aircraft that are selected beside the one whose card is open. */
  also(): readonly number[];
  /** A person picked an aircraft with Shift. */
  pickAlso(icao24: number): void;
  readonly thinOut: typeof thinOut;
}
