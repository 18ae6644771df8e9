// Cities and countries of airports, for the card. A file of the page, loaded when the first card opens, made by
// `scripts/make_airport_cities.py` (MIT, data/airportCities.LICENSE).
import { dataFile, tableLines } from "@/map/dataFile";

export interface AirportCity {
  /** Empty if it is unknown. */
  readonly city: string;
  /** ISO 3166 code. */
  readonly country: string;
}

/** By ICAO code. */
export type AirportCities = ReadonlyMap<string, AirportCity>;

export function parseAirportCities(text: string): AirportCities {
  return new Map(tableLines(text).map(([icao = "", city = "", country = ""]) => [icao, { city, country }]));
}

export const loadAirportCities = dataFile(new URL("./data/airportCities.tsv", import.meta.url), parseAirportCities);
