// Print the aircraft of a tracker as they move. Needs Node.js 22 (20 with --experimental-websocket) and the package:
//
//     npm install @flighttracker/client
//     node follow.mjs http://localhost:8000                     the whole world
//     node follow.mjs http://localhost:8000 5.5 47 15.5 55      west, south, east, north in degrees
//
// FLIGHTTRACKER_TOKEN is the token of a gateway that requires one. UPDATES ends it after so many updates.
import { ClientError, connect } from "@flighttracker/client";

const [url = "http://localhost:8000", ...edges] = process.argv.slice(2);
const token = process.env.FLIGHTTRACKER_TOKEN ?? "";
let remaining = Number(process.env.UPDATES ?? Number.POSITIVE_INFINITY);

try {
  const client = await connect(url, edges.length === 4 ? { token, box: edges.map(Number) } : { token });
  for await (const update of client) {
    if (update.lost !== "") {
      console.log(`disconnected: ${update.lost}`);
      continue;
    }
    if (update.gap !== null) console.log(`missed ${(update.gap.untilMs - update.gap.sinceMs) / 1000} s`);
    const inTheAir = [...client.flights.values()].filter(({ onGround }) => !onGround);
    inTheAir.sort((one, other) => (other.baroAltitudeM ?? 0) - (one.baroAltitudeM ?? 0));
    const name = inTheAir[0]?.callsign || inTheAir[0]?.icao24 || "nobody";
    console.log(
      `${client.tracker}: ${client.flights.size} aircraft, ${update.changed.length} moved, ${name} is highest`,
    );
    remaining--;
    if (remaining <= 0) client.close();
  }
} catch (error) {
  if (!(error instanceof ClientError)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
