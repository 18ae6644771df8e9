// Airlines by their codes: a callsign begins with the ICAO code, tickets and timetables have the IATA code. A file of the
// page, loaded on first use, made by `scripts/make_airlines.py` (CC0-1.0, data/airlines.LICENSE).
import { dataFile, tableLines } from "@/map/dataFile";

export interface Airline {
  readonly icao: string;
  /** Empty if it has none. Several airlines may have the same. */
  readonly iata: string;
  readonly name: string;
}

export function parseAirlines(text: string): Airline[] {
  return tableLines(text).map(([icao = "", iata = "", name = ""]) => ({ icao, iata, name }));
}

export const loadAirlines = dataFile(new URL("./data/airlines.tsv", import.meta.url), parseAirlines);

/** The airline of a callsign such as BAW123; null if it is none, or of an unknown airline. */
export function airlineOf(callsign: string, airlines: readonly Airline[]): Airline | null {
  const code = /^([A-Z]{3})\d/.exec(callsign)?.[1];
  return code === undefined ? null : (airlines.find(({ icao }) => icao === code) ?? null);
}

/** Callsigns of a flight number such as "BA123", without zeros before the digits: BAW123. Empty if it is none. */
export function callsignsOf(flightNumber: string, airlines: readonly Airline[]): string[] {
  const parts = /^([A-Z0-9]{2})0*([1-9]\d{0,3}[A-Z]?)$/.exec(flightNumber);
  if (parts === null) return [];
  const [, iata, number] = parts;
  return airlines.filter((airline) => airline.iata === iata).map(({ icao }) => `${icao}${number}`);
}

/** A callsign without the zeros before its digits: BAW0123 and BAW123 are the same flight. */
export function withoutZeros(callsign: string): string {
  return callsign.replace(/^([A-Z]{3})0+(?=[1-9])/, "$1");
}
