// A moment of the past as rows that map, table and card can show: each aircraft where it was, with the speed that leads
// to the next moment, so that the GPU moves it between the two as it does with live ones.
//
// Guarantees: a row shows the same aircraft for as long as it is there, so a table may hold its rows still.
import {
  COLUMN,
  COLUMN_COUNT,
  DEGREES_PER_POSITION_UNIT,
  DEGREES_PER_TRACK_UNIT,
  KIND_COUNT,
  NAME_COLUMN_COUNT,
  NULL_VALUE,
  TEXT_BYTES,
  TEXT_COLUMNS,
} from "@flighttracker/client";
import { DEAD_RECKONING_S, type Place, placeAt } from "../deadReckoning";
import { FlightRows } from "../flightRows";
import { INSTANCE, INSTANCE_FLOATS } from "../instance";
import { METRES_PER_SECOND_PER_KNOT, mercatorX, mercatorY, shortestX, worldPerMetre } from "../mercator";
import { silhouetteOf } from "../silhouetteOfType";
import { SilhouetteWriter, writePlace, writeStyle } from "../writeInstance";
import { type Moment, positionTimeMs } from "./moment";

/** No aircraft is faster; what is, is another aircraft with the same address. */
const FASTEST_MPS = 1_200;
/** A correction larger than this (0.2 % of the world, 80 km at the equator) is shown at once. */
const LARGEST_BLEND = 0.002;

const before: Place = { x: 0, y: 0, headingRad: 0 };

interface Velocity {
  readonly x: number;
  readonly y: number;
}

export class PastRows {
  readonly rows: FlightRows;
  private readonly rowByIcao24 = new Map<number, number>();
  private readonly free: number[] = [];
  private readonly silhouettes = new SilhouetteWriter(silhouetteOf);
  private seen = new Uint32Array(0);
  private round = 0;

  constructor(names: string[]) {
    this.rows = new FlightRows(names);
  }

  /**
   * Show `moment`. `next` is the moment after it, or null. `glides`: the moment before it was shown until now, so small
   * corrections are blended in.
   */
  show(moment: Moment, next: Moment | null, glides: boolean): void {
    const { rows } = this;
    const nowS = (moment.timeMs - rows.referenceMs) / 1000;
    this.reserve(moment);
    this.round++;
    const shownBefore = rows.referenceMs;
    for (let i = 0; i < moment.count; i++) {
      const icao24 = moment.icao24[i] as number;
      let row = this.rowByIcao24.get(icao24);
      const isNew = row === undefined;
      row ??= this.settle(icao24);
      this.seen[row] = this.round;
      const glidesFrom = glides && !isNew && shownBefore !== 0;
      if (glidesFrom) placeAt(rows.instances, row, nowS, true, before);
      copyColumns(rows, row, moment, i);
      this.writeInstance(row, moment, i, next, glidesFrom);
    }
    rows.referenceMs = moment.timeMs;
    for (const [icao24, row] of this.rowByIcao24) {
      if (this.seen[row] === this.round) continue;
      this.rowByIcao24.delete(icao24);
      rows.present[row] = 0;
      rows.shown[row] = 0;
      this.free.push(row);
    }
  }

  private reserve(moment: Moment): void {
    const { rows } = this;
    let isNew = 0;
    for (let i = 0; i < moment.count; i++) if (!this.rowByIcao24.has(moment.icao24[i] as number)) isNew++;
    rows.reserve(rows.rowCount);
    const needed = rows.rowCount + Math.max(0, isNew - this.free.length);
    const first = rows.rowCount;
    rows.reserve(needed);
    for (let row = needed - 1; row >= first; row--) this.free.push(row);
    if (this.seen.length < rows.capacity) {
      const longer = new Uint32Array(rows.capacity);
      longer.set(this.seen);
      this.seen = longer;
    }
  }

  private settle(icao24: number): number {
    const row = this.free.pop() as number;
    this.rowByIcao24.set(icao24, row);
    this.rows.icao24[row] = icao24;
    this.rows.present[row] = 1;
    return row;
  }

  /** Times in the instance count from the moment. */
  private writeInstance(row: number, moment: Moment, i: number, next: Moment | null, glidesFrom: boolean): void {
    const { rows } = this;
    const { instances } = rows;
    const at = row * INSTANCE_FLOATS;
    const latitude = rows.latitudeDeg(row);
    const x = mercatorX(rows.longitudeDeg(row));
    const y = mercatorY(latitude);
    const track = rows.stored(row, COLUMN.track);
    const wasRad = instances[at + INSTANCE.heading] as number;
    const headingRad = track === null ? (glidesFrom ? wasRad : 0) : (track * DEGREES_PER_TRACK_UNIT * Math.PI) / 180;
    const speedKt = rows.groundSpeedKt(row);
    const worldPerSecond =
      speedKt === null || track === null ? 0 : speedKt * METRES_PER_SECOND_PER_KNOT * worldPerMetre(latitude);
    let velocity: Velocity = { x: Math.sin(headingRad) * worldPerSecond, y: -Math.cos(headingRad) * worldPerSecond };
    let positionS = (positionTimeMs(moment, i) - moment.timeMs) / 1000;
    let placeX = x;
    let placeY = y;
    const onward = next === null ? null : velocityTo(next, moment, i, x, y, latitude);
    if (onward !== null) {
      velocity = onward.velocity;
      // The shader stops an aircraft that long after its report; here the next report is known.
      const lateS = Math.min(-positionS, Math.max(0, onward.untilS - positionS - DEAD_RECKONING_S));
      positionS += lateS;
      placeX += velocity.x * lateS;
      placeY += velocity.y * lateS;
    }
    instances.fill(0, at, at + INSTANCE_FLOATS);
    writePlace(instances, at, placeX, placeY);
    instances[at + INSTANCE.velocityX] = velocity.x;
    instances[at + INSTANCE.velocityY] = velocity.y;
    instances[at + INSTANCE.positionTime] = positionS;
    instances[at + INSTANCE.heardTime] = positionS;
    instances[at + INSTANCE.heading] = headingRad;
    instances[at + INSTANCE.altitude] = rows.stored(row, COLUMN.baroAltitude) ?? NULL_VALUE;
    instances[at + INSTANCE.speed] = speedKt ?? NULL_VALUE;
    this.silhouettes.write(rows, row);
    writeStyle(rows, row, track === null);
    if (glidesFrom) writeBlend(instances, row);
  }
}

/** The speed between the reports of two moments, and when the next moment is; null without a later report. */
function velocityTo(next: Moment, moment: Moment, i: number, x: number, y: number, latitude: number) {
  const icao24 = moment.icao24[i] as number;
  const j = next.icao24[i] === icao24 ? i : next.indexOf(icao24);
  if (j < 0) return null;
  const seconds = (positionTimeMs(next, j) - positionTimeMs(moment, i)) / 1000;
  if (seconds <= 0) return null;
  const stepX = shortestX(mercatorX(degrees(next, COLUMN.longitude, j)) - x);
  const stepY = mercatorY(degrees(next, COLUMN.latitude, j)) - y;
  if (Math.hypot(stepX, stepY) > FASTEST_MPS * seconds * worldPerMetre(latitude)) return null;
  const velocity: Velocity = { x: stepX / seconds, y: stepY / seconds };
  return { velocity, untilS: (next.timeMs - moment.timeMs) / 1000 };
}

function degrees(moment: Moment, column: number, i: number): number {
  return ((moment.dynamic[column] as Int32Array)[i] as number) * DEGREES_PER_POSITION_UNIT;
}

/** Blend from the place in `before` to that of the row, from the row's reference on. */
function writeBlend(instances: Float32Array, row: number): void {
  const at = row * INSTANCE_FLOATS;
  const after: Place = { x: 0, y: 0, headingRad: 0 };
  placeAt(instances, row, 0, false, after);
  const offsetX = shortestX(before.x - after.x);
  const offsetY = before.y - after.y;
  if (Math.abs(offsetX) > LARGEST_BLEND || Math.abs(offsetY) > LARGEST_BLEND) return;
  instances[at + INSTANCE.offsetX] = offsetX;
  instances[at + INSTANCE.offsetY] = offsetY;
  const turn = before.headingRad - after.headingRad;
  instances[at + INSTANCE.headingOffset] = turn - 2 * Math.PI * Math.round(turn / (2 * Math.PI));
}

function copyColumns(rows: FlightRows, row: number, moment: Moment, i: number): void {
  for (let t = 0; t < TEXT_COLUMNS.length; t++) {
    const { start, bytes } = TEXT_COLUMNS[t] as (typeof TEXT_COLUMNS)[number];
    const text = moment.texts[t] as Uint8Array;
    const to = row * TEXT_BYTES + start;
    for (let b = 0; b < bytes; b++) rows.text[to + b] = text[i * bytes + b] as number;
  }
  for (let n = 0; n < NAME_COLUMN_COUNT; n++) {
    rows.nameNumbers[row * NAME_COLUMN_COUNT + n] = (moment.nameNumbers[n] as Uint16Array)[i] as number;
  }
  for (let kind = 0; kind < KIND_COUNT; kind++) {
    rows.kinds[row * KIND_COUNT + kind] = moment.kinds === null ? 0 : ((moment.kinds[kind] as Uint8Array)[i] as number);
  }
  for (let column = 0; column < COLUMN_COUNT; column++) {
    rows.dynamic[row * COLUMN_COUNT + column] = (moment.dynamic[column] as Int32Array)[i] as number;
  }
}
