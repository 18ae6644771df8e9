// The airports of the world that airlines fly to, busiest first: for the map, and for the route of a flight. A file of
// the page, loaded on first use. From Mike Borsetti's airportsdata (MIT, data/airports.LICENSE).

export interface Airport {
  readonly icao: string;
  readonly iata: string;
  readonly name: string;
  readonly latitudeDeg: number;
  readonly longitudeDeg: number;
  /** Passengers a year, millions. */
  readonly passengersM: number;
}

const WAIT_MS = 10_000;
let loading: Promise<readonly Airport[]> | null = null;

/** Loads them once; after a failure the next call retries. */
export function loadAirports(): Promise<readonly Airport[]> {
  loading ??= fetchAirports().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function fetchAirports(): Promise<readonly Airport[]> {
  const url = new URL("./data/airports.tsv", import.meta.url);
  const response = await fetch(url, { signal: AbortSignal.timeout(WAIT_MS) });
  if (!response.ok) throw new Error(`the airports did not load: HTTP ${response.status}`);
  return parseAirports(await response.text());
}

export function parseAirports(text: string): Airport[] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [icao = "", iata = "", name = "", latitude, longitude, passengers] = line.split("\t");
      const numbers = { latitudeDeg: Number(latitude), longitudeDeg: Number(longitude) };
      return { icao, iata, name, ...numbers, passengersM: Number(passengers) };
    });
}

/** By ICAO code; null if the code is not in the list. */
export function airportCalled(airports: readonly Airport[], icao: string): Airport | null {
  return icao === "" ? null : (airports.find((airport) => airport.icao === icao) ?? null);
}
