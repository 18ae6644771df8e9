// Requests the trails of all aircraft in view from the worker: when the map stops, and every few seconds, because the
// aircraft move. It requests a larger area than the view, so a small move of the map shows trails at once. The trails begin with
// what the gateway has kept of the area (flights/areaTracks.ts). Loaded with the first trails.
import type { LatLngBounds, Map as LeafletMap } from "leaflet";
import { loadAreaTracks, type TrackArea } from "@/flights/areaTracks";
import type { FlightsClient } from "@/flights/client";

const EVERY_MS = 4_000;
const MARGIN = 0.25;
const TILE_PX = 256;
/** The gateway's tracks of a smaller area are finer: they are loaded again when the map shows this share of the area. */
const FINER_SHARE = 1 / 16;
/** Least time between two requests to the gateway. */
const LOAD_PAUSE_MS = 5_000;
const NORTHERNMOST_DEG = 85;
/** Of more aircraft the gateway answers fewer than four points each, which is no trail. */
const MOST_AIRCRAFT = 5_000;

export class TrailRequests {
  private timer: ReturnType<typeof setInterval> | undefined;
  /** What the gateway's tracks are loaded for; null for nothing. */
  private loaded: TrackArea | null = null;
  private loadedAtMs = Number.NEGATIVE_INFINITY;

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
    this.load();
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

  private load(): void {
    const nowMs = performance.now();
    // After the first picture, which appears sooner.
    if (this.client.rows.rowCount === 0 || nowMs - this.loadedAtMs < LOAD_PAUSE_MS) return;
    const bounds = this.map.getBounds();
    if (this.loaded !== null && isFineFor(this.loaded, bounds)) return;
    const asked = bounds.pad(MARGIN);
    if (this.aircraftIn(asked) > MOST_AIRCRAFT) return;
    this.loadedAtMs = nowMs;
    const isWorld = asked.getEast() - asked.getWest() >= 360;
    const area = {
      west: isWorld ? -180 : asked.getSouthWest().wrap().lng,
      east: isWorld ? 180 : asked.getNorthEast().wrap().lng,
      south: Math.max(-NORTHERNMOST_DEG, asked.getSouth()),
      north: Math.min(NORTHERNMOST_DEG, asked.getNorth()),
    };
    loadAreaTracks(this.client.access, area)
      .then((trails) => {
        this.client.continueTrails(trails);
        this.loaded = {
          west: asked.getWest(),
          south: asked.getSouth(),
          east: asked.getEast(),
          north: asked.getNorth(),
        };
        if (this.timer !== undefined) this.ask();
      })
      .catch((error: unknown) => console.warn("Trails begin with this page:", error));
  }

  private aircraftIn(area: LatLngBounds): number {
    const { rows } = this.client;
    const [west, south, east, north] = [area.getWest(), area.getSouth(), area.getEast(), area.getNorth()];
    let count = 0;
    for (let row = 0; row < rows.rowCount; row++) {
      const latitude = rows.latitudeDeg(row);
      const eastward = (((rows.longitudeDeg(row) - west) % 360) + 360) % 360;
      if (rows.present[row] === 1 && latitude >= south && latitude <= north && eastward <= east - west) count++;
    }
    return count;
  }
}

/** Whether tracks of an area are enough for what the map shows. */
function isFineFor({ west, south, east, north }: TrackArea, shown: LatLngBounds): boolean {
  const isInside =
    shown.getWest() >= west && shown.getEast() <= east && shown.getSouth() >= south && shown.getNorth() <= north;
  const share =
    ((shown.getEast() - shown.getWest()) * (shown.getNorth() - shown.getSouth())) / ((east - west) * (north - south));
  return isInside && share >= FINER_SHARE;
}
