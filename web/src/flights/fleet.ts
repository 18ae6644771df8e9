// All shards merged into one row space, in the worker. Frames go in; the rows that changed come out as one update for
// the page, packed into arrays that are transferred, not copied.
//
// Guarantees: a row shows the same aircraft until its slot goes to another one; rows are never more than the slots of
// all shards. Only the worker calls it.
import {
  CHANGED_AIRCRAFT,
  CHANGED_POSITION,
  CHANGED_STATICS,
  COLUMN,
  COLUMN_COUNT,
  type FrameContent,
  type FrameHeader,
  type FrameOrder,
  KIND_COUNT,
  NAME_COLUMN_COUNT,
  NameTable,
  REMOVED,
  ShardTable,
  TEXT_BYTES,
  TEXT_COLUMNS,
} from "@flighttracker/client";
import type { RowTest } from "./filters";
import { FlightRows } from "./flightRows";
import { INSTANCE, INSTANCE_FLOATS } from "./instance";
import { LatencyHistogram } from "./latency";
import { packRows, type RowsUpdate, UNSENT_ROW, UNSENT_STATICS } from "./rowsUpdate";
import { trailAltitude } from "./trailPoints";
import { Trails } from "./trails";
import { writeInstance, writeSilhouette } from "./writeInstance";

/** Times in instances are 32-bit floats of seconds: after this time they are counted from a new reference. */
const REBASE_AFTER_S = 4 * 3600;

interface Shard {
  readonly table: ShardTable;
  /** The row of each slot, in the order in which slots were first used. */
  rows: Int32Array;
}

export class Fleet {
  readonly names = new NameTable();
  readonly rows = new FlightRows(this.names.names);
  readonly trails = new Trails();
  /** Of the positions that delta frames bring. */
  readonly latency = new LatencyHistogram();
  private readonly shards = new Map<number, Shard>();
  private readonly rowByIcao24 = new Map<number, number>();
  /** By row: changes that the page has not received yet. */
  private unsent = new Uint8Array(0);
  private hasUnsent = false;
  private sentNames = 0;
  private test: RowTest = () => true;

  /** The moment that the shard furthest behind describes, milliseconds since 1970; null before the first frame. */
  get oldestTickMs(): number | null {
    let oldest: number | null = null;
    for (const { table } of this.shards.values()) oldest = Math.min(oldest ?? table.tickMs, table.tickMs);
    return oldest;
  }

  get count(): number {
    return this.rowByIcao24.size;
  }

  /** `shard.epoch.sequence,…` of all shards: where a gateway continues from. */
  get cursor(): string {
    return [...this.shards].map(([shard, { table }]) => `${shard}.${table.epoch}.${table.sequence}`).join(",");
  }

  orderOf(header: FrameHeader): FrameOrder {
    const shard = this.shards.get(header.shard);
    if (shard !== undefined) return shard.table.orderOf(header);
    return header.kind === "key" ? "next" : "gap";
  }

  rowOf(icao24: number): number | undefined {
    return this.rowByIcao24.get(icao24);
  }

  /** Take a frame into its shard's table; its order must be "next". `place` must follow. */
  apply(header: FrameHeader, content: FrameContent): void {
    const shard = this.shards.get(header.shard) ?? { table: new ShardTable(this.names), rows: new Int32Array(0) };
    shard.table.apply(header, content);
    this.shards.set(header.shard, shard);
  }

  /** Bring the rows in line with what `apply` changed; `nowMs` is the server's time. */
  place(header: FrameHeader, nowMs: number): void {
    const shard = this.shards.get(header.shard);
    if (shard === undefined) return;
    if (this.rows.referenceMs === 0) this.rows.referenceMs = header.tickMs;
    if (nowMs - this.rows.referenceMs > REBASE_AFTER_S * 1000) this.rebase(nowMs);
    this.placeSlots(shard);
    const nowS = (nowMs - this.rows.referenceMs) / 1000;
    const { changes, positionTimeMs } = shard.table;
    for (let slot = 0; slot < changes.length; slot++) {
      if (changes[slot] === 0) continue;
      this.takeOver(shard, slot, nowS);
      const isHeard = header.kind === "delta" && ((changes[slot] as number) & CHANGED_POSITION) !== 0;
      if (isHeard) this.latency.observe(nowMs - (positionTimeMs[slot] as number));
    }
  }

  /** Remove shards that the tracker no longer has. */
  keepOnly(shards: readonly number[]): void {
    for (const [number, shard] of this.shards) {
      if (shards.includes(number)) continue;
      for (const row of shard.rows) this.vacate(row);
      this.shards.delete(number);
    }
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

  private placeSlots(shard: Shard): void {
    const placed = shard.rows.length;
    const { slotCount } = shard.table;
    if (slotCount <= placed) return;
    const rows = new Int32Array(slotCount);
    rows.set(shard.rows);
    const first = this.rows.rowCount;
    for (let slot = placed; slot < slotCount; slot++) rows[slot] = first + slot - placed;
    this.rows.reserve(first + slotCount - placed);
    this.trails.reserve(this.rows.rowCount);
    if (this.unsent.length < this.rows.capacity) {
      const unsent = new Uint8Array(this.rows.capacity);
      unsent.set(this.unsent);
      this.unsent = unsent;
    }
    shard.rows = rows;
  }

  private takeOver({ table, rows }: Shard, slot: number, nowS: number): void {
    const row = rows[slot] as number;
    const change = table.changes[slot] as number;
    if (change === REMOVED) {
      this.vacate(row);
      return;
    }
    const isNew = (change & CHANGED_AIRCRAFT) !== 0;
    if (isNew) this.settle(row, table.icao24[slot] as number);
    if ((change & CHANGED_STATICS) !== 0) this.copyStatics(table, slot, row);
    for (let column = 0; column < COLUMN_COUNT; column++) {
      this.rows.dynamic[row * COLUMN_COUNT + column] = (table.dynamic[column] as Int32Array)[slot] as number;
    }
    if ((change & (CHANGED_POSITION | CHANGED_STATICS)) === 0) return;
    const timeMs = table.positionTimeMs[slot] as number;
    const positionTimeS = (timeMs - this.rows.referenceMs) / 1000;
    writeInstance(this.rows, row, { positionTimeS, nowS, wasShown: !isNew });
    const at = row * COLUMN_COUNT;
    this.trails.record(
      row,
      this.rows.dynamic[at + COLUMN.latitude] as number,
      this.rows.dynamic[at + COLUMN.longitude] as number,
      trailAltitude(this.rows, row),
      timeMs,
    );
    this.markUnsent(row, UNSENT_ROW);
  }

  private settle(row: number, icao24: number): void {
    this.vacate(row);
    this.rows.icao24[row] = icao24;
    this.rows.present[row] = 1;
    this.rowByIcao24.set(icao24, row);
    this.trails.forget(row);
  }

  private vacate(row: number): void {
    if (this.rows.present[row] !== 1) return;
    const icao24 = this.rows.icao24[row] as number;
    if (this.rowByIcao24.get(icao24) === row) this.rowByIcao24.delete(icao24);
    this.rows.present[row] = 0;
    this.rows.shown[row] = 0;
    this.markUnsent(row, UNSENT_ROW);
  }

  private copyStatics(table: ShardTable, slot: number, row: number): void {
    const { kinds, text, nameNumbers } = this.rows;
    for (let t = 0; t < TEXT_COLUMNS.length; t++) {
      const { start, bytes } = TEXT_COLUMNS[t] as (typeof TEXT_COLUMNS)[number];
      const column = table.texts[t] as Uint8Array;
      const from = slot * bytes;
      const to = row * TEXT_BYTES + start;
      for (let b = 0; b < bytes; b++) text[to + b] = column[from + b] as number;
    }
    for (let n = 0; n < NAME_COLUMN_COUNT; n++) {
      nameNumbers[row * NAME_COLUMN_COUNT + n] = (table.nameNumbers[n] as Uint16Array)[slot] as number;
    }
    for (let kind = 0; kind < KIND_COUNT; kind++) {
      kinds[row * KIND_COUNT + kind] = (table.kinds[kind] as Uint8Array)[slot] as number;
    }
    writeSilhouette(this.rows, row);
    this.markUnsent(row, UNSENT_ROW | UNSENT_STATICS);
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
      for (const time of [INSTANCE.positionTime, INSTANCE.blendStart]) {
        this.rows.instances[at + time] = (this.rows.instances[at + time] as number) - shiftS;
      }
      this.markUnsent(row, UNSENT_ROW);
    }
  }
}
