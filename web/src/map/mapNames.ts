// Which names of countries and cities a zoom of the built-in map has room for: the important ones first, none over another.
// Pure, and the same for every tile of a zoom, because a name reaches into its neighbours.
import { mercatorX, mercatorY } from "@/flights/mercator";
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
const CELL_PX = 128;
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

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function withoutCollisions(candidates: readonly MapName[], worldPx: number): MapName[] {
  const cells = new Map<string, Box[]>();
  const cellsOf = ({ left, top, right, bottom }: Box) => {
    const keys: string[] = [];
    for (let column = Math.floor(left / CELL_PX); column <= right / CELL_PX; column++) {
      for (let line = Math.floor(top / CELL_PX); line <= bottom / CELL_PX; line++) keys.push(`${column} ${line}`);
    }
    return keys;
  };
  return candidates.filter(({ text, x, y, sizePx }) => {
    const halfWidth = widthPx(text, sizePx) / 2 + GAP_PX;
    const halfHeight = sizePx / 2 + GAP_PX;
    const [middleX, middleY] = [x * worldPx, y * worldPx];
    const box = {
      left: middleX - halfWidth,
      right: middleX + halfWidth,
      top: middleY - halfHeight,
      bottom: middleY + halfHeight,
    };
    const keys = cellsOf(box);
    const isCovered = keys.some((key) =>
      cells
        .get(key)
        ?.some(
          (other) =>
            other.left < box.right && box.left < other.right && other.top < box.bottom && box.top < other.bottom,
        ),
    );
    if (isCovered) return false;
    for (const key of keys) cells.set(key, [...(cells.get(key) ?? []), box]);
    return true;
  });
}
