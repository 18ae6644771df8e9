// The trail and the route of the selected aircraft, loaded with the first selection. MapParts uses it.
import type { Map as LeafletMap } from "leaflet";
import type { FlightsClient } from "@/flights/client";
import type { LatLon } from "@/flights/greatCircle";
import type { FlightLayer } from "./flightLayer";
import { LaterPart } from "./laterPart";
import type { Theme } from "./palette";
import type { RouteLine } from "./routeLine";
import type { TrailLine } from "./trailLine";

interface Lines {
  readonly route: RouteLine;
  readonly trail: TrailLine;
}

export class SelectionLines {
  private readonly later: LaterPart<Lines>;
  private theme: Theme | null = null;
  private selected: number | null = null;

  constructor(map: LeafletMap, client: FlightsClient, layer: FlightLayer) {
    const load = async () => {
      const [{ RouteLine: Route }, { TrailLine: Trail }] = await Promise.all([
        import("./routeLine"),
        import("./trailLine"),
      ]);
      return { route: new Route(map, client, layer), trail: new Trail(map, client, layer) };
    };
    this.later = new LaterPart("the lines of the selected aircraft", load, () => {
      if (this.theme !== null) this.setTheme(this.theme);
      this.select(this.selected);
    });
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.later.part?.route.setTheme(theme);
    this.later.part?.trail.setTheme(theme);
  }

  select(icao24: number | null): void {
    this.selected = icao24;
    if (icao24 !== null) this.later.ask();
    this.later.part?.trail.select(icao24);
    this.later.part?.route.select(icao24);
  }

  /** The selected aircraft and the airports of its flight. */
  places(): LatLon[] {
    return this.later.part?.route.places() ?? [];
  }

  remove(): void {
    this.later.close();
    this.later.part?.trail.remove();
    this.later.part?.route.remove();
  }
}
