// The page's own recording, for the replay and for an aircraft's profile: the place and the state of each aircraft every
// STEP_MS. It lives in the tab only.
//
// Bounded by KEPT_MS and by MOST_BYTES, whichever comes first (24 bytes for each aircraft and step: 20,000 aircraft over
// half an hour take 58 MB). Taking a moment is one pass over the rows.
import { COLUMN, COLUMN_COUNT, KIND_COUNT, NAME_COLUMN_COUNT, NULL_VALUE, TEXT_BYTES } from "@flighttracker/client";
import { DEAD_RECKONING_S } from "@/flights/deadReckoning";
import type { FlightRows } from "@/flights/flightRows";
import { INSTANCE, INSTANCE_FLOATS } from "@/flights/instance";

export const STEP_MS = 15_000;
export const KEPT_MS = 30 * 60_000;
const MOST_BYTES = 64 * 1024 * 1024;
/** A longer step is a gap: the page was suspended or the connection lost. */
export const GAP_MS = 4 * STEP_MS + 5_000;

/** In the place of an address: the row was empty. */
export const NOBODY = 0xffffffff;
/** Positions are fractions of the world, kept as integers: 2 cm at the equator. */
export const WORLD = 2 ** 30;

/** The dynamic columns that a moment keeps, in its order. */
export const KEPT_COLUMNS = [
  COLUMN.baroAltitude,
  COLUMN.groundSpeed,
  COLUMN.track,
  COLUMN.verticalRate,
  COLUMN.squawk,
  COLUMN.status,
] as const;
const VALUES = KEPT_COLUMNS.length;
const BYTES_PER_ROW = 4 + 8 + 2 * VALUES;
const STATICS_BYTES = TEXT_BYTES + 2 * NAME_COLUMN_COUNT + KIND_COUNT;

/** All rows at one moment of the server's time. */
export interface Moment {
  readonly timeMs: number;
  readonly rowCount: number;
  readonly icao24: Uint32Array;
  /** Mercator x and y of each row, times WORLD. */
  readonly places: Int32Array;
  /** KEPT_COLUMNS of each row, as stored. */
  readonly values: Int16Array;
}

export interface ProfilePoint {
  readonly timeMs: number;
  readonly altitudeFt: number | null;
  readonly speedKt: number | null;
}

interface Departed {
  readonly text: Uint8Array;
  readonly nameNumbers: Uint16Array;
  readonly kinds: Uint8Array;
  readonly untilMs: number;
}

export class Recording {
  private readonly kept: Moment[] = [];
  /** Texts of aircraft whose row another one has now. */
  private readonly departed = new Map<number, Departed>();
  private lastText = new Uint8Array(0);
  private lastNameNumbers = new Uint16Array(0);
  private lastKinds = new Uint8Array(0);

  get moments(): readonly Moment[] {
    return this.kept;
  }

  /** How much time the moments span, milliseconds. */
  get spanMs(): number {
    return this.kept.length < 2 ? 0 : (this.kept.at(-1) as Moment).timeMs - (this.kept[0] as Moment).timeMs;
  }

  get bytes(): number {
    return (
      this.kept.reduce((sum, { rowCount }) => sum + rowCount * BYTES_PER_ROW, 0) + this.departed.size * STATICS_BYTES
    );
  }

  /** Keep where everything is at `timeMs`, the server's time; later than every moment so far. */
  take(live: FlightRows, timeMs: number): void {
    const last = this.kept.at(-1);
    if (last !== undefined && timeMs <= last.timeMs) return;
    this.keepTextsOfDeparted(live, timeMs);
    this.kept.push(momentOf(live, timeMs));
    while (this.kept.length > 2 && (this.spanMs > KEPT_MS || this.bytes > MOST_BYTES)) this.kept.shift();
    const oldestMs = (this.kept[0] as Moment).timeMs;
    for (const [icao24, { untilMs }] of this.departed) if (untilMs < oldestMs) this.departed.delete(icao24);
  }

  /** The number of the moment at or before `timeMs`; 0 when all are later. */
  indexAt(timeMs: number): number {
    let low = 0;
    let high = this.kept.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.kept[middle] as Moment).timeMs <= timeMs) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Write texts and names of the aircraft that row `row` had into `to`; whether they are known. */
  writeStatics(to: FlightRows, row: number, icao24: number, live: FlightRows): boolean {
    if (live.icao24[row] === icao24) {
      to.text.set(live.text.subarray(row * TEXT_BYTES, (row + 1) * TEXT_BYTES), row * TEXT_BYTES);
      const from = row * NAME_COLUMN_COUNT;
      to.nameNumbers.set(live.nameNumbers.subarray(from, from + NAME_COLUMN_COUNT), from);
      to.kinds.set(live.kinds.subarray(row * KIND_COUNT, (row + 1) * KIND_COUNT), row * KIND_COUNT);
      return true;
    }
    const known = this.departed.get(icao24);
    if (known === undefined) {
      to.text.fill(0, row * TEXT_BYTES, (row + 1) * TEXT_BYTES);
      to.nameNumbers.fill(0, row * NAME_COLUMN_COUNT, (row + 1) * NAME_COLUMN_COUNT);
      to.kinds.fill(0, row * KIND_COUNT, (row + 1) * KIND_COUNT);
      return false;
    }
    to.text.set(known.text, row * TEXT_BYTES);
    to.nameNumbers.set(known.nameNumbers, row * NAME_COLUMN_COUNT);
    to.kinds.set(known.kinds, row * KIND_COUNT);
    return true;
  }

  /** Altitude and speed of one aircraft at every moment that had it, oldest first, up to `untilMs`. */
  profileOf(icao24: number, untilMs = Number.POSITIVE_INFINITY): ProfilePoint[] {
    const points: ProfilePoint[] = [];
    let row = -1;
    for (const moment of this.kept) {
      if (moment.timeMs > untilMs) break;
      if (moment.icao24[row] !== icao24) row = moment.icao24.indexOf(icao24);
      if (row < 0) continue;
      const altitude = moment.values[row * VALUES] as number;
      const speed = moment.values[row * VALUES + 1] as number;
      points.push({
        timeMs: moment.timeMs,
        altitudeFt: altitude === NULL_VALUE ? null : altitude * 25,
        speedKt: speed === NULL_VALUE ? null : speed,
      });
    }
    return points;
  }

  private keepTextsOfDeparted(live: FlightRows, timeMs: number): void {
    const last = this.kept.at(-1);
    for (let row = 0; row < (last?.rowCount ?? 0); row++) {
      const before = last?.icao24[row] as number;
      if (before === NOBODY || before === live.icao24[row]) continue;
      this.departed.set(before, {
        text: this.lastText.slice(row * TEXT_BYTES, (row + 1) * TEXT_BYTES),
        nameNumbers: this.lastNameNumbers.slice(row * NAME_COLUMN_COUNT, (row + 1) * NAME_COLUMN_COUNT),
        kinds: this.lastKinds.slice(row * KIND_COUNT, (row + 1) * KIND_COUNT),
        untilMs: timeMs,
      });
    }
    this.lastText = live.text.slice(0, live.rowCount * TEXT_BYTES);
    this.lastNameNumbers = live.nameNumbers.slice(0, live.rowCount * NAME_COLUMN_COUNT);
    this.lastKinds = live.kinds.slice(0, live.rowCount * KIND_COUNT);
  }
}

function momentOf(live: FlightRows, timeMs: number): Moment {
  const { rowCount, present, instances, dynamic } = live;
  const timeS = (timeMs - live.referenceMs) / 1000;
  const icao24 = new Uint32Array(rowCount);
  const places = new Int32Array(rowCount * 2);
  const values = new Int16Array(rowCount * VALUES);
  for (let row = 0; row < rowCount; row++) {
    if (present[row] !== 1) {
      icao24[row] = NOBODY;
      continue;
    }
    icao24[row] = live.icao24[row] as number;
    // What deadReckoning.ts does without a blend, in place: this runs for every aircraft at once.
    const at = row * INSTANCE_FLOATS;
    const flownS = Math.max(0, Math.min(DEAD_RECKONING_S, timeS - (instances[at + INSTANCE.positionTime] as number)));
    const x = (instances[at + INSTANCE.xHigh] as number) + (instances[at + INSTANCE.xLow] as number);
    const y = (instances[at + INSTANCE.yHigh] as number) + (instances[at + INSTANCE.yLow] as number);
    places[2 * row] = (x + (instances[at + INSTANCE.velocityX] as number) * flownS) * WORLD;
    places[2 * row + 1] = (y + (instances[at + INSTANCE.velocityY] as number) * flownS) * WORLD;
    const from = row * COLUMN_COUNT;
    const to = row * VALUES;
    values[to] = dynamic[from + COLUMN.baroAltitude] as number;
    values[to + 1] = dynamic[from + COLUMN.groundSpeed] as number;
    values[to + 2] = dynamic[from + COLUMN.track] as number;
    values[to + 3] = dynamic[from + COLUMN.verticalRate] as number;
    values[to + 4] = dynamic[from + COLUMN.squawk] as number;
    values[to + 5] = dynamic[from + COLUMN.status] as number;
  }
  return { timeMs, rowCount, icao24, places, values };
}
