// `node scripts/airports.mjs`: the airports of the map, from those of the generator, so that both know the same places. A unit test
// fails when the file is not what this makes. The data's licence (MIT) lies beside the file.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const SOURCE = new URL("../../services/generator/src/flighttracker_generator/data/airports.csv", import.meta.url);
export const TARGET = new URL("../src/map/data/airports.tsv", import.meta.url);
const COLUMNS = ["icao", "iata", "name", "latitude_deg", "longitude_deg", "passengers_m"];
/** 1e-4 degree is 11 m, which is less than a runway. */
const DIGITS = 4;

/** One line for each airport, the busiest first: columns as above, separated by tabs. */
export function airportLines() {
  const [header, ...rows] = readFileSync(SOURCE, "utf8").trim().split("\n");
  const places = COLUMNS.map((name) => header.split(",").indexOf(name));
  const airports = rows.map((row) => places.map((place) => row.split(",")[place]));
  airports.sort((a, b) => Number(b[5]) - Number(a[5]) || (a[0] < b[0] ? -1 : 1));
  const line = ([icao, iata, name, latitude, longitude, passengers]) =>
    [icao, iata, name, Number(latitude).toFixed(DIGITS), Number(longitude).toFixed(DIGITS), passengers].join("\t");
  return `${airports.map(line).join("\n")}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TARGET, airportLines());
