// Reports to the worker what the map shows, so that the gateway sends aircraft of these tiles as exactly as they are drawn:
// when the map stops, and while it moves every EVERY_MS.
import type { Map as LeafletMap } from "leaflet";
import type { FlightsClient } from "@/flights/client";

const EVERY_MS = 250;
const TILE_PX = 256;
/** Without a map in sight: the world is enough. */
const NOTHING = { west: 0, north: 0, east: 1, south: 1, zoom: 0 };

export class ViewReports {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly map: LeafletMap,
    private readonly client: FlightsClient,
  ) {
    map.on("move resize", this.later);
    map.on("moveend", this.report);
    this.report();
  }

  remove(): void {
    clearTimeout(this.timer);
    this.map.off("move resize", this.later);
    this.map.off("moveend", this.report);
    this.client.showView(NOTHING);
  }

  private readonly later = (): void => {
    this.timer ??= setTimeout(this.report, EVERY_MS);
  };

  private readonly report = (): void => {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { min, max } = this.map.getPixelBounds();
    if (min === undefined || max === undefined || max.x <= min.x) {
      this.client.showView(NOTHING);
      return;
    }
    const zoom = this.map.getZoom();
    const world = TILE_PX * 2 ** zoom;
    this.client.showView({
      west: min.x / world,
      north: min.y / world,
      east: max.x / world,
      south: max.y / world,
      zoom,
    });
  };
}
