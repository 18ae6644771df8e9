// What tiles say of an aircraft, as a course on the map and as the columns of a row. The fleet calls it for each changed row.
import {
  COLUMN,
  COLUMN_COUNT,
  headingDeg,
  MOTION,
  type Motion,
  NO_ALTITUDE_BIT,
  NO_HEADING_BIT,
  NO_SPEED_BIT,
  NULL_VALUE,
  ON_GROUND_BIT,
  STATUS_MASK,
  type WorldView,
  type ZoomClass,
} from "@flighttracker/client";
import type { FlightRows } from "./flightRows";
import { INSTANCE, INSTANCE_FLOATS } from "./instance";
import { latitudeDeg, longitudeDeg, METRES_PER_SECOND_PER_KNOT, shortestX, worldPerMetre } from "./mercator";
import type { Course } from "./writeInstance";

/** Predictions are made for multiples of this: the unit of time of motions. */
export const TENTH_MS = 100;
/** As long as predictions go. */
const MOST_ELAPSED_S = 3_600;
const DEGREES_PER_UNIT = 1e-5;
const TRACK_UNITS_PER_DEGREE = 10;

/**
 * The course so long after a motion was sent. It is not rounded as the prediction is, at most half a unit away from it: aircraft
 * would hop by a unit now and then.
 */
export function courseOf(sent: Motion, zoom: ZoomClass, elapsedMs: number): Course {
  const world = 2 ** zoom.positionBits;
  const perSecond = 1000 / TENTH_MS / (world * 2 ** zoom.velocityShift);
  const elapsedS = Math.max(0, Math.min(MOST_ELAPSED_S, elapsedMs / 1000));
  const hasTrack = ((sent[MOTION.state] as number) & NO_HEADING_BIT) === 0;
  const velocityX = (sent[MOTION.velocityX] as number) * perSecond;
  const velocityY = (sent[MOTION.velocityY] as number) * perSecond;
  const x = (sent[MOTION.x] as number) / world + velocityX * elapsedS;
  return {
    x: x - Math.floor(x),
    y: Math.max(0, Math.min(1 - 1 / world, (sent[MOTION.y] as number) / world + velocityY * elapsedS)),
    velocityX,
    velocityY,
    trackRad: hasTrack ? (headingDeg(sent) * Math.PI) / 180 : null,
  };
}

/** Write the dynamic columns of a row; what tiles do not have is unknown. */
export function writeColumns(rows: FlightRows, row: number, motion: Motion, zoom: ZoomClass, course: Course): void {
  const state = motion[MOTION.state] as number;
  const latitude = latitudeDeg(course.y);
  const { dynamic } = rows;
  const at = row * COLUMN_COUNT;
  dynamic.fill(NULL_VALUE, at, at + COLUMN_COUNT);
  dynamic[at + COLUMN.latitude] = Math.round(latitude / DEGREES_PER_UNIT);
  dynamic[at + COLUMN.longitude] = Math.round(longitudeDeg(course.x) / DEGREES_PER_UNIT);
  if ((state & NO_ALTITUDE_BIT) === 0) {
    dynamic[at + COLUMN.baroAltitude] = (motion[MOTION.altitude] as number) * zoom.altitudeStep;
    dynamic[at + COLUMN.verticalRate] = motion[MOTION.climb] as number;
  }
  if ((state & NO_SPEED_BIT) === 0) {
    const mps = Math.hypot(course.velocityX, course.velocityY) / worldPerMetre(latitude);
    dynamic[at + COLUMN.groundSpeed] = Math.round(mps / METRES_PER_SECOND_PER_KNOT);
  }
  if (course.trackRad !== null) {
    dynamic[at + COLUMN.track] = Math.round((course.trackRad * 180 * TRACK_UNITS_PER_DEGREE) / Math.PI);
  }
  dynamic[at + COLUMN.positionAge] = 0;
  dynamic[at + COLUMN.contactLead] = 0;
  dynamic[at + COLUMN.status] = state & (STATUS_MASK | ON_GROUND_BIT);
}

/** Whether the place of a row is in a view. */
export function isIn({ west, north, east, south }: WorldView, { instances }: FlightRows, row: number): boolean {
  const at = row * INSTANCE_FLOATS;
  const y = instances[at + INSTANCE.yHigh] as number;
  const x = instances[at + INSTANCE.xHigh] as number;
  return y >= north && y <= south && Math.abs(shortestX(x - (west + east) / 2)) <= (east - west) / 2;
}
