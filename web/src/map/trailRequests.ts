// Requests the trails of all aircraft in view from the worker: when the map stops, and every few seconds, because the
// aircraft move. It requests a larger area than the view, so a small move of the map shows trails at once.
import type { Map as LeafletMap } from "leaflet";
import type { FlightsClient } from "@/flights/client";

const EVERY_MS = 4_000;
const MARGIN = 0.25;
const TILE_PX = 256;

export class TrailRequests {
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly map: LeafletMap,
    private readonly client: FlightsClient,
    private readonly mostPoints: () => number,
  ) {}

  start(): void {
    if (this.timer !== undefined) return;
    this.timer = setInterval(this.ask, EVERY_MS);
    this.map.on("moveend", this.ask);
    this.ask();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.map.off("moveend", this.ask);
  }

  private readonly ask = (): void => {
    const { min, max } = this.map.getPixelBounds();
    if (min === undefined || max === undefined || max.x <= min.x) return;
    const world = TILE_PX * 2 ** this.map.getZoom();
    const margin = { x: MARGIN * (max.x - min.x), y: MARGIN * (max.y - min.y) };
    const area = {
      west: (min.x - margin.x) / world,
      east: (max.x + margin.x) / world,
      north: (min.y - margin.y) / world,
      south: (max.y + margin.y) / world,
    };
    this.client.requestTrails(area, this.mostPoints());
  };
}
