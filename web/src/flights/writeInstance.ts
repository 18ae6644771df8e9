// Writes a row's numbers for the GPU, from its columns. The worker's Fleet calls it for each changed row.
import { COLUMN, COLUMN_COUNT, isEmergency, KIND_COUNT, NULL_VALUE, ON_GROUND_BIT } from "@flighttracker/client";
import { codeKey } from "./codeKey";
import { type Place, placeAt } from "./deadReckoning";
import type { FlightRows } from "./flightRows";
import {
  INSTANCE,
  INSTANCE_BYTES,
  INSTANCE_FLOATS,
  STYLE_EMERGENCY,
  STYLE_NO_HEADING,
  STYLE_ON_GROUND,
} from "./instance";
import { METRES_PER_SECOND_PER_KNOT, mercatorX, mercatorY, shortestX, worldPerMetre } from "./mercator";

/** A correction larger than this (0.2 % of the world, 80 km at the equator) is shown at once. */
const LARGEST_BLEND = 0.002;

const STYLE_AT = INSTANCE.style * 4;
/** Types whose silhouette is kept. */
const MOST_TYPES = 5_000;

const before: Place = { x: 0, y: 0, headingRad: 0 };
const after: Place = { x: 0, y: 0, headingRad: 0 };

export interface Moment {
  /** When the aircraft was at this place, seconds since the rows' reference. */
  readonly positionTimeS: number;
  /** When it was last heard, if that is another moment. */
  readonly heardTimeS?: number;
  /** Now, in the same seconds. */
  readonly nowS: number;
  /** Whether the row showed this aircraft before, so that it glides to where it is now known to be. */
  readonly wasShown: boolean;
}

/** Where an aircraft is and flies to, in fractions of the world and of the world per second. */
export interface Course {
  readonly x: number;
  readonly y: number;
  readonly velocityX: number;
  readonly velocityY: number;
  /** Clockwise from north; null if the track is unknown. */
  readonly trackRad: number | null;
}

/** Write the instance of a row whose dynamic columns are up to date. */
export function writeInstance(rows: FlightRows, row: number, moment: Moment): void {
  const latitude = rows.latitudeDeg(row);
  const trackDeg = rows.trackDeg(row);
  const trackRad = trackDeg === null ? null : (trackDeg * Math.PI) / 180;
  const speedKt = rows.groundSpeedKt(row);
  const worldPerSecond =
    speedKt === null || trackRad === null ? 0 : speedKt * METRES_PER_SECOND_PER_KNOT * worldPerMetre(latitude);
  const course = {
    x: mercatorX(rows.longitudeDeg(row)),
    y: mercatorY(latitude),
    velocityX: Math.sin(trackRad ?? 0) * worldPerSecond,
    velocityY: -Math.cos(trackRad ?? 0) * worldPerSecond,
    trackRad,
  };
  writeCourse(rows, row, course, moment);
}

/** Write the instance of a row whose other dynamic columns are up to date, with a more exact course than they have. */
export function writeCourse(rows: FlightRows, row: number, course: Course, moment: Moment): void {
  const { instances } = rows;
  const at = row * INSTANCE_FLOATS;
  if (moment.wasShown) placeAt(instances, row, moment.nowS, true, before);
  writePlace(instances, at, course.x, course.y);
  instances[at + INSTANCE.velocityX] = course.velocityX;
  instances[at + INSTANCE.velocityY] = course.velocityY;
  instances[at + INSTANCE.heading] =
    course.trackRad ?? (moment.wasShown ? (instances[at + INSTANCE.heading] as number) : 0);
  instances[at + INSTANCE.positionTime] = moment.positionTimeS;
  instances[at + INSTANCE.heardTime] = moment.heardTimeS ?? moment.positionTimeS;
  instances[at + INSTANCE.altitude] = rows.stored(row, COLUMN.baroAltitude) ?? NULL_VALUE;
  instances[at + INSTANCE.speed] = rows.groundSpeedKt(row) ?? NULL_VALUE;
  writeStyle(rows, row, course.trackRad === null);

  instances[at + INSTANCE.blendStart] = 0;
  instances[at + INSTANCE.offsetX] = 0;
  instances[at + INSTANCE.offsetY] = 0;
  instances[at + INSTANCE.headingOffset] = 0;
  if (!moment.wasShown) return;
  placeAt(instances, row, moment.nowS, false, after);
  const offsetX = shortestX(before.x - after.x);
  const offsetY = before.y - after.y;
  if (Math.abs(offsetX) > LARGEST_BLEND || Math.abs(offsetY) > LARGEST_BLEND) return;
  instances[at + INSTANCE.blendStart] = moment.nowS;
  instances[at + INSTANCE.offsetX] = offsetX;
  instances[at + INSTANCE.offsetY] = offsetY;
  instances[at + INSTANCE.headingOffset] = shortestAngle(before.headingRad - after.headingRad);
}

/** The number of the silhouette of a type designator, which may be empty, and the number of a category. */
export type SilhouetteOf = (designator: string, category: number) => number;

export class SilhouetteWriter {
  /** By the four bytes of a type and its category, as one number. */
  private readonly known = new Map<number, number>();

  constructor(private readonly silhouetteOf: SilhouetteOf) {}

  /** Write the silhouette of a row whose aircraft type or category changed. */
  write(rows: FlightRows, row: number): void {
    const category = rows.kinds[row * KIND_COUNT] as number;
    const key = codeKey(rows, row, "aircraftType") * 256 + category;
    let silhouette = this.known.get(key);
    if (silhouette === undefined) {
      silhouette = this.silhouetteOf(rows.textOf(row, "aircraftType"), category);
      if (this.known.size < MOST_TYPES) this.known.set(key, silhouette);
    }
    rows.instanceBytes[row * INSTANCE_BYTES + STYLE_AT] = silhouette;
  }
}

/** Write a place as the sum of two 32-bit floats: one alone would be metres off. */
export function writePlace(instances: Float32Array, at: number, x: number, y: number): void {
  instances[at + INSTANCE.xHigh] = x;
  instances[at + INSTANCE.yHigh] = y;
  instances[at + INSTANCE.xLow] = x - Math.fround(x);
  instances[at + INSTANCE.yLow] = y - Math.fround(y);
}

/** Write the flags of a row: on ground, emergency, no heading. */
export function writeStyle(rows: FlightRows, row: number, hasNoHeading: boolean): void {
  const status = rows.dynamic[row * COLUMN_COUNT + COLUMN.status] as number;
  const squawk = rows.dynamic[row * COLUMN_COUNT + COLUMN.squawk] as number;
  rows.instanceBytes[row * INSTANCE_BYTES + STYLE_AT + 1] =
    ((status & ON_GROUND_BIT) !== 0 ? STYLE_ON_GROUND : 0) |
    (isEmergency(status, squawk) ? STYLE_EMERGENCY : 0) |
    (hasNoHeading ? STYLE_NO_HEADING : 0);
}

function shortestAngle(radians: number): number {
  return radians - 2 * Math.PI * Math.round(radians / (2 * Math.PI));
}
