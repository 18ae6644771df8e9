// Airports by their ICAO codes, which the data has, and the codes that people know. One rule for the page: the IATA code where
// people read ("LHR"), or the ICAO code of an airport without one; addresses and saved files have ICAO codes.
import { type Airport, loadAirports } from "@/map/airports";
import { useFile } from "../useFile";

export type AirportsByCode = ReadonlyMap<string, Airport>;

const NONE: AirportsByCode = new Map();
let known: AirportsByCode | null = null;

async function loadAirportsByCode(): Promise<AirportsByCode> {
  const all = await loadAirports();
  known ??= new Map(all.map((airport) => [airport.icao, airport]));
  return known;
}

/** Empty until the airports have loaded, and if they cannot be loaded. */
export function useAirportsByCode(): AirportsByCode {
  return useFile(loadAirportsByCode, "the names of airports") ?? known ?? NONE;
}

/** The code that people know of an airport. */
export function airportCode(airports: AirportsByCode, icao: string): string {
  return airports.get(icao)?.iata || icao;
}
