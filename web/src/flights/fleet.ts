// All aircraft in one row space, in the worker. Messages go in; the rows that changed come out as one update for the page,
// packed into arrays that are transferred, not copied.
//
// Guarantees: a row shows the same aircraft while it is known; a freed row is used again as late as possible. What is silent
// flies as predicted, with the integers that the gateway repeats: `refresh` brings its row up to date every few seconds, so
// that lists, filters and colours follow, too. Only the worker calls it.
import {
  COLUMN,
  COLUMN_COUNT,
  type ExactReport,
  type FollowedTiles,
  isEmergency,
  KIND_COUNT,
  MOTION_COUNT,
  type Motion,
  NAME_COLUMN_COUNT,
  NAME_COLUMNS,
  NameTable,
  NULL_VALUE,
  type PictureNews,
  TEXT_BYTES,
  TEXT_COLUMNS,
  type TileMessage,
  TilePicture,
  type WorldView,
} from "@flighttracker/client";
import { FlightRows } from "./flightRows";
import { INSTANCE, INSTANCE_FLOATS } from "./instance";
import { LatencyHistogram } from "./latency";
import type { FlightNames } from "./names";
import { packRows, UNSENT_ROW, UNSENT_STATICS } from "./packRows";
import type { RowsUpdate } from "./rowsUpdate";
import type { RowTest } from "./rowTest";
import { silhouetteOfCategory } from "./silhouette";
import { courseOf, isIn, TENTH_MS, writeColumns } from "./tileRows";
import { Trails, trailAltitude } from "./trails";
import { type SilhouetteOf, SilhouetteWriter, writeCourse, writeInstance } from "./writeInstance";

/** Times in instances are 32-bit floats of seconds: after this time they are counted from a new reference. */
const REBASE_AFTER_S = 4 * 3600;
/** A refresh takes every so many-th part of the rows: with one a second, a row is never older than five seconds. */
const REFRESH_PARTS = 5;
const SQUAWK = /^[0-7]{4}$/;

const OPERATOR = NAME_COLUMNS.indexOf("operator");
const COUNTRY = NAME_COLUMNS.indexOf("originCountry");
const SOURCE = NAME_COLUMNS.indexOf("source");

export class Fleet {
  readonly names = new NameTable();
  readonly rows = new FlightRows(this.names.names);
  readonly trails = new Trails();
  /** Of the reports that come exactly. */
  readonly latency = new LatencyHistogram();
  private readonly picture = new TilePicture();
  private readonly exact = new Map<number, ExactReport>();
  /** Squawks that came with the names, which tiles do not have. */
  private readonly squawks = new Map<number, number>();
  private readonly rowByIcao24 = new Map<number, number>();
  private readonly freeRows: number[] = [];
  /** By row: changes that the page has not received yet. */
  private unsent = new Uint8Array(0);
  private hasUnsent = false;
  private sentNames = 0;
  private refreshed = 0;
  private newcomers: number[] = [];
  /** Types are not known before the names, nor is the table of their silhouettes loaded. */
  private silhouettes = new SilhouetteWriter((_designator, category) => silhouetteOfCategory(category));
  private test: RowTest = () => true;
  private readonly motion: Motion = new Int32Array(MOTION_COUNT);
  private readonly sent: Motion = new Int32Array(MOTION_COUNT);

  /** The moment that the newest message about the world describes, milliseconds since 1970; null before the first. */
  get tickMs(): number | null {
    return this.picture.tickMs;
  }

  get count(): number {
    return this.rowByIcao24.size;
  }

  rowOf(icao24: number): number | undefined {
    return this.rowByIcao24.get(icao24);
  }

  /** Take a message, and bring the rows in line with it; `nowMs` is the server's time. */
  apply(message: TileMessage, nowMs: number): PictureNews {
    const news = this.picture.apply(message, nowMs);
    this.begin(nowMs);
    for (const icao24 of news.gone) this.leave(icao24);
    for (const icao24 of news.heard) this.draw(icao24, nowMs);
    return news;
  }

  /** Follow other tiles than before. */
  follow(followed: FollowedTiles, nowMs: number): void {
    for (const icao24 of this.picture.follow(followed, nowMs)) this.draw(icao24, nowMs);
  }

  /** Take the newest reports of aircraft that are wanted exactly. */
  takeExact(reports: readonly ExactReport[], nowMs: number): void {
    for (const report of reports) {
      const { icao24, positionTimeMs } = report;
      if (!this.rowByIcao24.has(icao24)) continue;
      if (this.exact.get(icao24)?.positionTimeMs !== positionTimeMs) this.latency.observe(nowMs - positionTimeMs);
      this.exact.set(icao24, report);
      this.draw(icao24, nowMs);
    }
  }

  /** Show as the tiles say what is not among the exact aircraft any more. */
  keepExact(wanted: ReadonlySet<number>, nowMs: number): void {
    for (const icao24 of this.exact.keys()) {
      if (wanted.has(icao24)) continue;
      this.exact.delete(icao24);
      this.draw(icao24, nowMs);
    }
  }

  /** Once a second: move a part of the rows to where their aircraft are now. */
  refresh(nowMs: number): void {
    const { rowCount, present, icao24 } = this.rows;
    const first = Math.floor((this.refreshed * rowCount) / REFRESH_PARTS);
    this.refreshed = (this.refreshed + 1) % REFRESH_PARTS;
    const end = this.refreshed === 0 ? rowCount : Math.floor((this.refreshed * rowCount) / REFRESH_PARTS);
    this.begin(nowMs);
    for (let row = first; row < end; row++) {
      if (present[row] === 1 && !this.exact.has(icao24[row] as number)) this.draw(icao24[row] as number, nowMs);
    }
  }

  /** Aircraft that have got a row since the last call, and have no names. */
  takeNewcomers(): readonly number[] {
    const { newcomers } = this;
    this.newcomers = [];
    return newcomers;
  }

  /** Whether the key of a followed tile has not come. */
  get lacksTiles(): boolean {
    return this.picture.lacksTiles;
  }

  /** The addresses of aircraft in a view, at most `most`. */
  addresses(view: WorldView, most: number): number[] {
    const found: number[] = [];
    const { rows } = this;
    for (let row = 0; row < rows.rowCount && found.length < most; row++) {
      if (rows.present[row] === 1 && isIn(view, rows, row)) found.push(rows.icao24[row] as number);
    }
    return found;
  }

  /** From now on, aircraft with a known type have its silhouette. */
  knowTypes(silhouetteOf: SilhouetteOf): void {
    this.silhouettes = new SilhouetteWriter(silhouetteOf);
  }

  /** Write the names of aircraft; those that are not known any more are left out. */
  takeNames(named: Iterable<FlightNames>): void {
    for (const flight of named) {
      const row = this.rowByIcao24.get(flight.icao24);
      if (row === undefined) continue;
      const { text, nameNumbers } = this.rows;
      for (const { name, start, bytes } of TEXT_COLUMNS) {
        const to = row * TEXT_BYTES + start;
        for (let b = 0; b < bytes; b++) text[to + b] = b < flight[name].length ? flight[name].charCodeAt(b) : 0;
      }
      const at = row * NAME_COLUMN_COUNT;
      nameNumbers[at + OPERATOR] = this.names.numberOf(flight.operator);
      nameNumbers[at + COUNTRY] = this.names.numberOf(flight.country);
      nameNumbers[at + SOURCE] = this.names.numberOf(flight.source);
      this.silhouettes.write(this.rows, row);
      if (SQUAWK.test(flight.squawk)) this.squawks.set(flight.icao24, Number.parseInt(flight.squawk, 8));
      else this.squawks.delete(flight.icao24);
      if (!this.exact.has(flight.icao24)) this.writeSquawk(row, flight.icao24);
      this.markUnsent(row, UNSENT_ROW | UNSENT_STATICS);
    }
  }

  /** The addresses of aircraft that declare an emergency, at most `most`. */
  emergencies(most: number): number[] {
    const found: number[] = [];
    const { rows } = this;
    for (let row = 0; row < rows.rowCount && found.length < most; row++) {
      if (rows.present[row] === 1 && rows.isEmergency(row)) found.push(rows.icao24[row] as number);
    }
    return found;
  }

  /** The rows that changed since the last call, or null when nothing did. */
  takeUpdate(): RowsUpdate | null {
    if (!this.hasUnsent) return null;
    for (let row = 0; row < this.rows.rowCount; row++) {
      if (this.unsent[row] !== 0) this.rows.shown[row] = this.rows.present[row] === 1 && this.test(row) ? 1 : 0;
    }
    const update = packRows(this.rows, this.unsent, this.sentNames);
    this.sentNames = this.rows.names.length;
    this.unsent.fill(0);
    this.hasUnsent = false;
    return update;
  }

  /** Show only rows that pass a test; returns by row whether it does. */
  show(test: RowTest): Uint8Array<ArrayBuffer> {
    this.test = test;
    for (let row = 0; row < this.rows.rowCount; row++) {
      this.rows.shown[row] = this.rows.present[row] === 1 && test(row) ? 1 : 0;
    }
    return this.rows.shown.slice(0, this.rows.rowCount);
  }

  private begin(nowMs: number): void {
    if (this.rows.referenceMs === 0) this.rows.referenceMs = nowMs;
    if (nowMs - this.rows.referenceMs > REBASE_AFTER_S * 1000) this.rebase(nowMs);
  }

  /** Bring the row of an aircraft in line with what is known of it now. */
  private draw(icao24: number, nowMs: number): void {
    const known = this.rowByIcao24.get(icao24);
    const row = known ?? this.enter(icao24);
    const nowS = (nowMs - this.rows.referenceMs) / 1000;
    const wasShown = known !== undefined;
    const exact = this.exact.get(icao24);
    let timeMs: number;
    if (exact !== undefined) {
      timeMs = exact.positionTimeMs;
      this.rows.dynamic.set(exact.columns, row * COLUMN_COUNT);
      writeInstance(this.rows, row, { positionTimeS: (timeMs - this.rows.referenceMs) / 1000, nowS, wasShown });
    } else {
      timeMs = Math.floor(nowMs / TENTH_MS) * TENTH_MS;
      const zoom = this.picture.shownAt(icao24, timeMs, this.motion);
      if (zoom === null) return;
      const sentMs = this.picture.sentAt(icao24, this.sent);
      const course = courseOf(this.sent, zoom, timeMs - sentMs);
      writeColumns(this.rows, row, this.motion, zoom, course);
      this.writeSquawk(row, icao24);
      const ageMs = this.picture.unheardMs(icao24, timeMs);
      const positionTimeS = (timeMs - this.rows.referenceMs) / 1000;
      writeCourse(this.rows, row, course, { positionTimeS, heardTimeS: positionTimeS - ageMs / 1000, nowS, wasShown });
      timeMs -= ageMs;
    }
    const at = row * COLUMN_COUNT;
    this.trails.record(
      row,
      this.rows.dynamic[at + COLUMN.latitude] as number,
      this.rows.dynamic[at + COLUMN.longitude] as number,
      trailAltitude(this.rows, row),
      timeMs,
    );
    this.writeKinds(row, icao24);
    this.markUnsent(row, UNSENT_ROW);
  }

  /** An emergency is known from the status, at once: its squawk does not stay one for as long as names are valid. */
  private writeSquawk(row: number, icao24: number): void {
    const { dynamic } = this.rows;
    const at = row * COLUMN_COUNT;
    const squawk = this.squawks.get(icao24) ?? NULL_VALUE;
    const status = dynamic[at + COLUMN.status] as number;
    dynamic[at + COLUMN.squawk] = isEmergency(0, squawk) && !isEmergency(status, NULL_VALUE) ? NULL_VALUE : squawk;
  }

  private writeKinds(row: number, icao24: number): void {
    const [category, addressType] = this.picture.kindsOf(icao24) ?? [0, 0];
    const { kinds } = this.rows;
    const at = row * KIND_COUNT;
    if (kinds[at] === category && kinds[at + 1] === addressType) return;
    kinds[at] = category;
    kinds[at + 1] = addressType;
    this.silhouettes.write(this.rows, row);
    this.markUnsent(row, UNSENT_STATICS);
  }

  private enter(icao24: number): number {
    const row = this.freeRows.shift() ?? this.rows.rowCount;
    this.rows.reserve(row + 1);
    this.trails.reserve(this.rows.rowCount);
    if (this.unsent.length < this.rows.capacity) {
      const unsent = new Uint8Array(this.rows.capacity);
      unsent.set(this.unsent);
      this.unsent = unsent;
    }
    this.rows.icao24[row] = icao24;
    this.rows.present[row] = 1;
    // Names of the aircraft that had the row, or the address, before.
    this.rows.text.fill(0, row * TEXT_BYTES, (row + 1) * TEXT_BYTES);
    this.rows.nameNumbers.fill(0, row * NAME_COLUMN_COUNT, (row + 1) * NAME_COLUMN_COUNT);
    this.rows.kinds.fill(0, row * KIND_COUNT, (row + 1) * KIND_COUNT);
    this.silhouettes.write(this.rows, row);
    this.rowByIcao24.set(icao24, row);
    this.newcomers.push(icao24);
    this.trails.forget(row);
    this.markUnsent(row, UNSENT_ROW | UNSENT_STATICS);
    return row;
  }

  private leave(icao24: number): void {
    const row = this.rowByIcao24.get(icao24);
    if (row === undefined) return;
    this.exact.delete(icao24);
    this.squawks.delete(icao24);
    this.rowByIcao24.delete(icao24);
    this.freeRows.push(row);
    this.rows.present[row] = 0;
    this.rows.shown[row] = 0;
    this.markUnsent(row, UNSENT_ROW);
  }

  private markUnsent(row: number, what: number): void {
    this.unsent[row] = (this.unsent[row] as number) | what;
    this.hasUnsent = true;
  }

  private rebase(nowMs: number): void {
    const shiftS = (nowMs - this.rows.referenceMs) / 1000;
    this.rows.referenceMs = nowMs;
    for (let row = 0; row < this.rows.rowCount; row++) {
      const at = row * INSTANCE_FLOATS;
      for (const time of [INSTANCE.positionTime, INSTANCE.heardTime, INSTANCE.blendStart]) {
        this.rows.instances[at + time] = (this.rows.instances[at + time] as number) - shiftS;
      }
      this.markUnsent(row, UNSENT_ROW);
    }
  }
}
