// The airports of the world that airlines fly to, busiest first: for the map, and for the route of a flight. A file of
// the page, loaded on first use. From Mike Borsetti's airportsdata (MIT, data/airports.LICENSE).
import { dataFile, tableLines } from "./dataFile";

export interface Airport {
  readonly icao: string;
  readonly iata: string;
  readonly name: string;
  readonly latitudeDeg: number;
  readonly longitudeDeg: number;
  /** Passengers a year, millions. */
  readonly passengersM: number;
}

/** What people call an airport by: its IATA code, else its ICAO code. */
export function codeOf({ iata, icao }: Pick<Airport, "iata" | "icao">): string {
  return iata || icao;
}

export function parseAirports(text: string): Airport[] {
  return tableLines(text).map(([icao = "", iata = "", name = "", latitude, longitude, passengers]) => {
    const numbers = { latitudeDeg: Number(latitude), longitudeDeg: Number(longitude) };
    return { icao, iata, name, ...numbers, passengersM: Number(passengers) };
  });
}

export const loadAirports = dataFile(new URL("./data/airports.tsv", import.meta.url), parseAirports);

/** By ICAO code; null if the code is not in the list. */
export function airportCalled(airports: readonly Airport[], icao: string): Airport | null {
  return icao === "" ? null : (airports.find((airport) => airport.icao === icao) ?? null);
}
