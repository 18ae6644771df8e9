// The smallest box around places on a round world, for "fit": it leaves out the widest gap between their longitudes, so
// aircraft on both sides of the Pacific are shown next to each other. Pure.
import type { LatLon } from "@/flights/greatCircle";

/** East may be greater than 180. */
export interface Box {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
}

/** Null without places. */
export function boxAround(places: readonly LatLon[]): Box | null {
  if (places.length === 0) return null;
  const latitudes = places.map(({ latitudeDeg }) => latitudeDeg);
  const longitudes = places.map(({ longitudeDeg }) => ((((longitudeDeg + 180) % 360) + 360) % 360) - 180);
  longitudes.sort((a, b) => a - b);
  let west = longitudes[0] as number;
  let widest = west + 360 - (longitudes.at(-1) as number);
  for (let i = 1; i < longitudes.length; i++) {
    const gap = (longitudes[i] as number) - (longitudes[i - 1] as number);
    if (gap <= widest) continue;
    widest = gap;
    west = longitudes[i] as number;
  }
  return {
    south: latitudes.reduce((a, b) => Math.min(a, b)),
    north: latitudes.reduce((a, b) => Math.max(a, b)),
    west,
    east: west + 360 - widest,
  };
}

/** The copy of a longitude (±360°) that is nearest to another one. */
export function nearLongitude(longitudeDeg: number, to: number): number {
  return longitudeDeg + 360 * Math.round((to - longitudeDeg) / 360);
}
