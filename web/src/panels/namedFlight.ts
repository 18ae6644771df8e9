// A link to a flight by its callsign or registration: `?flight=BAW123`, `?flight=G-XWBA`. Loaded after the first picture, if the
// address of the page names a flight.
import type { FlightsClient } from "@/flights/client";
import type { FlightRows } from "@/flights/flightRows";

/** Names may arrive after positions. */
const LONGEST_WAIT_MS = 10_000;

/**
 * Find the aircraft with an ICAO address, a callsign or a registration, as soon as it is there. Gives up after LONGEST_WAIT_MS.
 *
 * @returns its address; null if there is none, or the search was cancelled.
 */
export function findNamedFlight(client: FlightsClient, name: string, signal: AbortSignal): Promise<number | null> {
  return new Promise((resolve) => {
    const finish = (icao24: number | null) => {
      clearTimeout(timer);
      unsubscribe();
      resolve(icao24);
    };
    const look = () => {
      const row = rowNamed(client.rows, name);
      if (row >= 0) finish(client.rows.icao24[row] as number);
    };
    const unsubscribe = client.subscribe(look);
    const timer = setTimeout(() => finish(null), LONGEST_WAIT_MS);
    signal.addEventListener("abort", () => finish(null));
    look();
  });
}

/**
 * The row with an ICAO address, else with a callsign or registration, written in any case, with or without spaces and hyphens;
 * −1 if there is none. "BEE123" may be an address and a callsign.
 */
export function rowNamed(rows: FlightRows, name: string): number {
  const wanted = plain(name);
  if (wanted === "") return -1;
  const own = /^[0-9A-F]{6}$/.test(wanted) ? rows.rowOf(Number.parseInt(wanted, 16)) : -1;
  if (own >= 0) return own;
  for (let row = 0; row < rows.rowCount; row++) {
    if (rows.present[row] !== 1) continue;
    if (plain(rows.textOf(row, "callsign")) === wanted || plain(rows.textOf(row, "registration")) === wanted)
      return row;
  }
  return -1;
}

function plain(name: string): string {
  return name.replaceAll(/[\s-]+/g, "").toUpperCase();
}
