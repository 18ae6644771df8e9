// Moves the map by pixels, never beyond the edges of the world, where Leaflet would move it back.
import type { Map as LeafletMap } from "leaflet";

const MAX_LATITUDE_DEG = 85.06;

/** As far down or up as the map can move, at most `y`, pixels. */
export function limitedY(map: LeafletMap, y: number): number {
  const zoom = map.getZoom();
  const { min, max } = map.getPixelBounds();
  if (min === undefined || max === undefined) return 0;
  const up = Math.min(0, map.project([MAX_LATITUDE_DEG, 0], zoom).y - min.y);
  const down = Math.max(0, map.project([-MAX_LATITUDE_DEG, 0], zoom).y - max.y);
  return Math.round(Math.min(Math.max(y, Math.ceil(up)), Math.floor(down)));
}
