// The aircraft of a tracker, or those in a box, as frames change them. Pure; `client.ts` is the only user.
//
// Changes are collected until they are taken, one entry for each aircraft: a program that takes them seldom gets fewer of
// them and never more than there are aircraft. Missed ticks are never replaced by something; they are reported as a gap.
import { REMOVED } from "./changes.ts";
import { type Flight, flightAt, icao24Of } from "./flight.ts";
import type { FrameContent } from "./frame.ts";
import type { FrameHeader } from "./frameHeader.ts";
import { NameTable } from "./nameTable.ts";
import { type FrameOrder, ShardTable } from "./shardTable.ts";

/** West, south, east, north in degrees; west > east crosses the 180th meridian. */
export type Box = readonly [west: number, south: number, east: number, north: number];

/** Ticks that did not arrive: what happened between two moments (milliseconds since 1970) is unknown. */
export interface Gap {
  /** The last tick before. */
  readonly sinceMs: number;
  /** The first tick after. */
  readonly untilMs: number;
}

export interface Changes {
  readonly changed: readonly Flight[];
  readonly removed: readonly string[];
  readonly gap: Gap | null;
}

/** Under another epoch, a tick that is later than this many tick intervals follows a gap. */
const MISSED_TICKS = 1.5;

export class Picture {
  readonly flights = new Map<string, Flight>();
  private readonly names = new NameTable();
  private readonly shards = new Map<number, ShardTable>();
  private readonly shardOf = new Map<string, number>();
  /** What was there when the changes were last taken, by address; null for an aircraft that was not. */
  private readonly before = new Map<string, Flight | null>();
  private gap: Gap | null = null;
  private shardCount: number | null = null;

  constructor(private readonly box: Box | null) {}

  /** What this picture has, as the parameter `since` of a gateway. */
  get cursor(): string {
    return [...this.shards].map(([shard, { epoch, sequence }]) => `${shard}.${epoch}.${sequence}`).join(",");
  }

  /** The tick of the shard that is furthest behind; null before the first frame. */
  get timeMs(): number | null {
    let oldest: number | null = null;
    for (const { tickMs } of this.shards.values()) oldest = Math.min(oldest ?? tickMs, tickMs);
    return oldest;
  }

  /** Whether every shard of the tracker has sent its aircraft. */
  get isComplete(): boolean {
    return this.shardCount !== null && this.shards.size >= this.shardCount;
  }

  /** Forget the shards that the tracker no longer has. */
  keepOnly(shards: readonly number[]): void {
    this.shardCount = shards.length;
    for (const number of this.shards.keys()) if (!shards.includes(number)) this.shards.delete(number);
    for (const [icao24, number] of this.shardOf) if (!shards.includes(number)) this.leave(icao24);
  }

  orderOf(header: FrameHeader): FrameOrder {
    return this.shards.get(header.shard)?.orderOf(header) ?? (header.kind === "key" ? "next" : "gap");
  }

  /** Apply a frame whose order is "next". */
  apply(header: FrameHeader, content: FrameContent): void {
    const table = this.shards.get(header.shard) ?? new ShardTable(this.names);
    if (header.kind === "key" && misses(table, header)) this.note({ sinceMs: table.tickMs, untilMs: header.tickMs });
    const left = new Set<string>();
    for (const slot of freed(table, header, content)) left.add(icao24Of(table, slot));
    table.apply(header, content);
    this.shards.set(header.shard, table);
    const heard: Flight[] = [];
    for (let slot = 0; slot < table.slotCount; slot++) {
      const change = table.changes[slot] as number;
      if (change !== 0 && change !== REMOVED) heard.push(flightAt(table, slot));
    }
    if (left.size > 0) for (let slot = 0; slot < table.slotCount; slot++) dropIfTaken(left, table, slot);
    for (const icao24 of left) if (this.shardOf.get(icao24) === header.shard) this.leave(icao24);
    for (const flight of heard) this.show(flight, header.shard);
  }

  /** Whether there is something that was not taken. */
  get hasChanges(): boolean {
    return this.before.size > 0 || this.gap !== null;
  }

  /** What changed since the last call. */
  take(): Changes {
    const changed: Flight[] = [];
    const removed: string[] = [];
    for (const [icao24, before] of this.before) {
      const now = this.flights.get(icao24);
      if (now !== undefined) changed.push(now);
      else if (before !== null) removed.push(icao24);
    }
    const { gap } = this;
    this.before.clear();
    this.gap = null;
    return { changed, removed, gap };
  }

  private show(flight: Flight, shard: number): void {
    const shown = this.flights.get(flight.icao24);
    // It moves to another shard, which is ahead.
    const isBehind = shown !== undefined && shown.positionTimeMs > flight.positionTimeMs;
    if (isBehind && this.shardOf.get(flight.icao24) !== shard) return;
    if (this.box !== null && !contains(this.box, flight)) {
      this.leave(flight.icao24);
      return;
    }
    this.remember(flight.icao24);
    this.flights.set(flight.icao24, flight);
    this.shardOf.set(flight.icao24, shard);
  }

  private leave(icao24: string): void {
    if (!this.flights.has(icao24)) return;
    this.remember(icao24);
    this.flights.delete(icao24);
    this.shardOf.delete(icao24);
  }

  private remember(icao24: string): void {
    if (!this.before.has(icao24)) this.before.set(icao24, this.flights.get(icao24) ?? null);
  }

  private note(gap: Gap): void {
    this.gap = {
      sinceMs: Math.min(this.gap?.sinceMs ?? gap.sinceMs, gap.sinceMs),
      untilMs: Math.max(this.gap?.untilMs ?? gap.untilMs, gap.untilMs),
    };
  }
}

function misses(table: ShardTable, header: FrameHeader): boolean {
  if (table.epoch < 0) return false;
  if (header.epoch === table.epoch) return header.sequence !== table.sequence + 1;
  return header.tickMs - table.tickMs > MISSED_TICKS * header.tickIntervalMs;
}

/** The slots whose aircraft may be gone after a frame. */
function* freed(table: ShardTable, header: FrameHeader, content: FrameContent): Generator<number> {
  if (header.kind === "key") {
    for (let slot = 0; slot < table.slotCount; slot++) if (table.taken[slot] === 1) yield slot;
    return;
  }
  yield* content.removes;
  for (const slot of content.additions.slots) if (table.taken[slot] === 1) yield slot;
}

function dropIfTaken(left: Set<string>, table: ShardTable, slot: number): void {
  if (table.taken[slot] === 1) left.delete(icao24Of(table, slot));
}

function contains([west, south, east, north]: Box, { latitudeDeg, longitudeDeg }: Flight): boolean {
  if (latitudeDeg < south || latitudeDeg > north) return false;
  // -180° and 180° are the same meridian.
  if (Math.abs(longitudeDeg) === 180 && (west === -180 || east === 180)) return true;
  const isEastOfWest = longitudeDeg >= west;
  const isWestOfEast = longitudeDeg <= east;
  return west > east ? isEastOfWest || isWestOfEast : isEastOfWest && isWestOfEast;
}
