// Two moments of the recording as rows that map, table and card can show: the place of the first, with the speed that
// leads to the second, so that the GPU moves the aircraft between the two as it does with live ones. Pure.
import {
  COLUMN,
  COLUMN_COUNT,
  DEGREES_PER_POSITION_UNIT,
  DEGREES_PER_TRACK_UNIT,
  NULL_VALUE,
} from "@flighttracker/client";
import type { FlightRows } from "@/flights/flightRows";
import { INSTANCE, INSTANCE_FLOATS } from "@/flights/instance";
import { latitudeDeg, longitudeDeg, shortestX } from "@/flights/mercator";
import { writePlace, writeSilhouette, writeStyle } from "@/flights/writeInstance";
import { GAP_MS, KEPT_COLUMNS, type Moment, NOBODY, type Recording, WORLD } from "./recording";

const VALUES = KEPT_COLUMNS.length;
/** No aircraft flies so far between two moments (2 % of the world): it is another report. */
const LARGEST_STEP = 0.02;

/** Fill `rows` with the moment `index` of the recording. `live` has the texts of those that are still here. */
export function writeMoment(rows: FlightRows, recording: Recording, index: number, live: FlightRows): void {
  const from = recording.moments[index];
  if (from === undefined) return;
  const to = recording.moments[index + 1];
  rows.reserve(from.rowCount);
  rows.rowCount = from.rowCount;
  rows.referenceMs = from.timeMs;
  const isGap = to === undefined || to.timeMs - from.timeMs > GAP_MS;
  for (let row = 0; row < from.rowCount; row++) {
    const icao24 = from.icao24[row] as number;
    rows.present[row] = icao24 === NOBODY ? 0 : 1;
    if (icao24 === NOBODY) continue;
    rows.icao24[row] = icao24;
    recording.writeStatics(rows, row, icao24, live);
    writeRow(rows, row, from, isGap || to.icao24[row] !== icao24 ? null : to);
  }
}

function writeRow(rows: FlightRows, row: number, from: Moment, to: Moment | null): void {
  const { instances, dynamic } = rows;
  const x = (from.places[2 * row] as number) / WORLD;
  const y = (from.places[2 * row + 1] as number) / WORLD;
  const columns = row * COLUMN_COUNT;
  dynamic.fill(NULL_VALUE, columns, columns + COLUMN_COUNT);
  for (let value = 0; value < VALUES; value++) {
    dynamic[columns + (KEPT_COLUMNS[value] as number)] = from.values[row * VALUES + value] as number;
  }
  dynamic[columns + COLUMN.latitude] = Math.round(latitudeDeg(y) / DEGREES_PER_POSITION_UNIT);
  dynamic[columns + COLUMN.longitude] = Math.round(longitudeDeg(x) / DEGREES_PER_POSITION_UNIT);

  const at = row * INSTANCE_FLOATS;
  instances.fill(0, at, at + INSTANCE_FLOATS);
  writePlace(instances, at, x, y);
  if (to !== null) {
    const seconds = (to.timeMs - from.timeMs) / 1000;
    const stepX = shortestX((to.places[2 * row] as number) / WORLD - x);
    const stepY = (to.places[2 * row + 1] as number) / WORLD - y;
    if (Math.abs(stepX) < LARGEST_STEP && Math.abs(stepY) < LARGEST_STEP) {
      instances[at + INSTANCE.velocityX] = stepX / seconds;
      instances[at + INSTANCE.velocityY] = stepY / seconds;
    }
  }
  const track = rows.stored(row, COLUMN.track);
  instances[at + INSTANCE.heading] = track === null ? 0 : (track * DEGREES_PER_TRACK_UNIT * Math.PI) / 180;
  instances[at + INSTANCE.altitude] = rows.stored(row, COLUMN.baroAltitude) ?? NULL_VALUE;
  instances[at + INSTANCE.speed] = rows.groundSpeedKt(row) ?? NULL_VALUE;
  writeSilhouette(rows, row);
  writeStyle(rows, row, track === null);
}
