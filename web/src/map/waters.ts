// Lakes and rivers as Mercator lines, for the tiles of the built-in map. Files of the page, loaded with the first tile that
// needs them, made by `scripts/make_waters.py` from Natural Earth (public domain, data/places.LICENSE).
import { mercatorX, mercatorY } from "@/flights/mercator";
import { dataFile, tableLines } from "./dataFile";
import type { Path } from "./worldOutline";

const STEPS_PER_DEGREE = 2000;

export interface Water extends Path {
  readonly fromZoom: number;
}

export interface Waters {
  /** Rings; islands are also rings, filled by the even-odd rule. */
  readonly lakes: readonly Water[];
  readonly rivers: readonly Water[];
}

export function parseWaters(text: string): Waters {
  const lakes: Water[] = [];
  const rivers: Water[] = [];
  for (const [kind, zoom, lines = ""] of tableLines(text)) {
    const fromZoom = Number(zoom);
    for (const line of lines.split(" ")) (kind === "lake" ? lakes : rivers).push({ ...pathOf(line), fromZoom });
  }
  return { lakes, rivers };
}

/** Steps of latitude and longitude in the letters of Google's polylines: five bits each, low bits first. */
function pathOf(encoded: string): Path {
  const points: number[] = [];
  let [west, north, east, south] = [1, 1, 0, 0];
  let at = 0;
  const next = () => {
    let bits = 0;
    for (let shift = 0; ; shift += 5) {
      const letter = encoded.charCodeAt(at++) - 63;
      bits |= (letter & 31) << shift;
      if (letter < 32) break;
    }
    return bits & 1 ? ~(bits >> 1) : bits >> 1;
  };
  let latitude = 0;
  let longitude = 0;
  while (at < encoded.length) {
    latitude += next();
    longitude += next();
    const x = mercatorX(longitude / STEPS_PER_DEGREE);
    const y = mercatorY(latitude / STEPS_PER_DEGREE);
    points.push(x, y);
    west = Math.min(west, x);
    east = Math.max(east, x);
    north = Math.min(north, y);
    south = Math.max(south, y);
  }
  return { points: Float64Array.from(points), west, north, east, south };
}

export const loadCoarseWaters = dataFile(new URL("./data/waters50m.tsv", import.meta.url), parseWaters);
export const loadFineWaters = dataFile(new URL("./data/waters10m.tsv", import.meta.url), parseWaters);
