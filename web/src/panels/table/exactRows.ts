// The table's rows with the newest report of each aircraft, for a file. Of aircraft out of sight the page knows numbers only as
// exactly as a map of the world shows them. Loaded with the table.
import { COLUMN_COUNT, exactReports } from "@flighttracker/client";
import { apiUrl } from "@/flights/config";
import { FlightRows } from "@/flights/flightRows";
import { INSTANCE, INSTANCE_FLOATS } from "@/flights/instance";
import type { Access } from "@/flights/past/pastMessages";

const WAIT_MS = 15_000;
const FIELDS = [
  "icao24",
  "latitude_deg",
  "longitude_deg",
  "baro_altitude_m",
  "geo_altitude_m",
  "ground_speed_mps",
  "track_deg",
  "vertical_rate_mps",
  "on_ground",
  "squawk",
  "status",
  "position_time_ms",
  "last_contact_ms",
];

/** A copy of the rows; those of aircraft that the gateway no longer has stay as they are. Throws what `fetch` throws. */
export async function exactRows(rows: FlightRows, { url: gatewayUrl, token }: Access): Promise<FlightRows> {
  const exact = new FlightRows(rows.names);
  exact.adopt(rows);
  exact.dynamic = rows.dynamic.slice();
  exact.instances = rows.instances.slice();
  exact.instanceBytes = new Uint8Array(exact.instances.buffer);
  const rowOf = new Map<number, number>();
  for (let row = 0; row < rows.rowCount; row++) {
    if (rows.present[row] === 1) rowOf.set(rows.icao24[row] as number, row);
  }
  const url = apiUrl(gatewayUrl, "flights");
  url.searchParams.set("fields", FIELDS.join());
  const headers: HeadersInit = token === "" ? {} : { Authorization: `Bearer ${token}` };
  for (let cursor: unknown = ""; typeof cursor === "string"; ) {
    if (cursor !== "") url.searchParams.set("cursor", cursor);
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(WAIT_MS) });
    if (!response.ok) throw new Error(`the gateway does not answer which flights there are: HTTP ${response.status}`);
    const answer: { readonly flights?: unknown; readonly next_cursor?: unknown } = await response.json();
    for (const { icao24, positionTimeMs, columns } of exactReports(answer.flights)) {
      const row = rowOf.get(icao24);
      if (row === undefined) continue;
      exact.dynamic.set(columns, row * COLUMN_COUNT);
      exact.instances[row * INSTANCE_FLOATS + INSTANCE.heardTime] = (positionTimeMs - rows.referenceMs) / 1000;
    }
    cursor = answer.next_cursor;
  }
  return exact;
}
