// Which names of countries and cities a zoom of the built-in map has room for: the important ones first, none over another.
// Pure, and the same for every tile of a zoom, because a name reaches into its neighbours.
import { mercatorX, mercatorY } from "@/flights/mercator";
import { BoxIndex } from "./boxIndex";
import type { Box } from "./labelChoice";
import type { Place } from "./places";
import type { CountryLabel } from "./worldOutline";

export interface MapName {
  readonly text: string;
  /** Mercator fractions of its middle. */
  readonly x: number;
  readonly y: number;
  /** Height of the letters, pixels. */
  readonly sizePx: number;
  readonly isCountry: boolean;
}

const COUNTRY_PX = 11;
/** Large cities have larger names, and the largest the largest. */
const CITY_SIZES = [
  { populationK: 5_000, sizePx: 13 },
  { populationK: 1_000, sizePx: 12 },
  { populationK: 0, sizePx: 11 },
] as const;
const CITIES_FROM_ZOOM = 4;
/** Above its middle: the code of a city's airport is below that. */
const CITY_RISE_PX = 10;
/** Above this zoom a country's name says little. */
const COUNTRIES_TO_ZOOM = 7;
/** Width of a letter, in heights: no name is wider. */
const LETTER = 0.62;
const GAP_PX = 5;
/** A country's name may fill this share of its width. */
const COUNTRY_SHARE = 0.85;

export function namesAt(
  zoom: number,
  countries: readonly CountryLabel[],
  places: readonly Place[],
  letters = 1,
): MapName[] {
  const worldPx = 256 * 2 ** zoom;
  const candidates: MapName[] = [];
  if (zoom <= COUNTRIES_TO_ZOOM) {
    for (const { name, x, y, width } of countries) {
      const fits = widthPx(name, COUNTRY_PX * letters) <= width * worldPx * COUNTRY_SHARE;
      if (fits) candidates.push({ text: name, x, y, sizePx: COUNTRY_PX * letters, isCountry: true });
    }
  }
  if (zoom >= CITIES_FROM_ZOOM) {
    for (const { name, latitudeDeg, longitudeDeg, fromZoom, populationK } of places) {
      if (fromZoom > zoom) break;
      const sizePx = (CITY_SIZES.find((size) => populationK >= size.populationK)?.sizePx ?? 11) * letters;
      const y = mercatorY(latitudeDeg) - (CITY_RISE_PX * letters) / worldPx;
      candidates.push({ text: name, x: mercatorX(longitudeDeg), y, sizePx, isCountry: false });
    }
  }
  return withoutCollisions(candidates, worldPx);
}

export function widthPx(text: string, sizePx: number): number {
  return text.length * LETTER * sizePx;
}

/** Around a name, in pixels of the whole world. */
export function boxOf({ text, x, y, sizePx }: MapName, worldPx: number, gapPx = 0): Box {
  const halfWidth = widthPx(text, sizePx) / 2 + gapPx;
  const halfHeight = sizePx / 2 + gapPx;
  const [middleX, middleY] = [x * worldPx, y * worldPx];
  return {
    left: middleX - halfWidth,
    right: middleX + halfWidth,
    top: middleY - halfHeight,
    bottom: middleY + halfHeight,
  };
}

function withoutCollisions(candidates: readonly MapName[], worldPx: number): MapName[] {
  const taken = new BoxIndex();
  return candidates.filter((name) => {
    const box = boxOf(name, worldPx, GAP_PX);
    if (!taken.isFree(box)) return false;
    taken.add(box);
    return true;
  });
}
