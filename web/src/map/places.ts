// Cities and countries: for the map's names, and for the search. Files of the page, loaded on first use, made by
// `scripts/make_places.py` from Natural Earth (public domain, data/places.LICENSE).
import type { Box } from "./bounds";
import { dataFile, tableLines } from "./dataFile";

export interface Place {
  readonly name: string;
  /** The name in letters of English, if it has others. */
  readonly asciiName: string;
  /** ISO 3166 code of its country, or empty. */
  readonly country: string;
  readonly latitudeDeg: number;
  readonly longitudeDeg: number;
  /** From this zoom on, a map of the world has room for its name. */
  readonly fromZoom: number;
  /** People, thousands. */
  readonly populationK: number;
}

export interface Country {
  /** ISO 3166. */
  readonly code: string;
  /** In English. */
  readonly name: string;
  /** Around its large parts. */
  readonly box: Box;
}

/** The most important first. */
export function parsePlaces(text: string): Place[] {
  return tableLines(text).map(([name = "", asciiName = "", country = "", latitude, longitude, zoom, population]) => {
    const numbers = { latitudeDeg: Number(latitude), longitudeDeg: Number(longitude) };
    return { name, asciiName, country, ...numbers, fromZoom: Number(zoom), populationK: Number(population) };
  });
}

export function parseCountries(text: string): Country[] {
  return tableLines(text).map(([code = "", name = "", south, west, north, east]) => {
    const box = { south: Number(south), west: Number(west), north: Number(north), east: Number(east) };
    return { code, name, box };
  });
}

export const loadPlaces = dataFile(new URL("./data/places.tsv", import.meta.url), parsePlaces);
export const loadCountries = dataFile(new URL("./data/countries.tsv", import.meta.url), parseCountries);
