// The layer of airports, loaded after the first picture. MapParts uses it.
import type { LatLng, Map as LeafletMap } from "leaflet";
import type { AirportLayer } from "./airportLayer";
import type { Airport } from "./airports";
import type { FlightLayer } from "./flightLayer";
import { LaterPart } from "./laterPart";
import type { Theme } from "./palette";

export class LaterAirports {
  private readonly later: LaterPart<AirportLayer>;
  private isShown = false;
  private theme: Theme | null = null;

  constructor(
    private readonly map: LeafletMap,
    flights: FlightLayer,
  ) {
    const load = async () => new (await import("./airportLayer")).AirportLayer();
    this.later = new LaterPart("airports", load, (layer) => {
      if (this.theme !== null) layer.setTheme(this.theme);
      this.show(this.isShown);
    });
    this.later.askAfterPicture(flights);
  }

  /** The airport at a place of the map; null if there is none, or none is shown. */
  airportAt(place: LatLng, isTouch: boolean): Airport | null {
    return (this.isShown && this.later.part?.airportAt(place, this.map.getZoom(), isTouch)) || null;
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.later.part?.setTheme(theme);
  }

  show(isShown: boolean): void {
    this.isShown = isShown;
    if (isShown) this.later.part?.addTo(this.map);
    else this.later.part?.remove();
  }

  close(): void {
    this.later.close();
  }
}
