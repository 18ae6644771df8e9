// What a viewer of one class knows after the messages so far, and where it shows the aircraft.
//
// Each aircraft has a slot in flat arrays: a key part of 20,000 aircraft makes no object for each of them.
import { FrameError } from "../frameError.ts";
import type { TileHeader, TileMessage, TilePart } from "./message.ts";
import { applyDifferences, MOTION, MOTION_COUNT, type Motion, predict } from "./motion.ts";
import type { ZoomClass } from "./zoomClass.ts";

const TENTH_MS = 100;
const FIRST_CAPACITY = 64;
const NOBODY = new Uint32Array(0);

/** What a message did. Addresses may be in more than one of the lists. */
export interface TileNews {
  /** Tiles of which something is missing, and which need a key part. */
  readonly missing: number[];
  /** Aircraft that are new, or have a new motion. */
  readonly heard: number[];
  /** Those of them that a tile added which is not a key: they are new, or something else about them changed. */
  readonly entered: number[];
  /** Aircraft that left their tile; those of an earlier message may be known again by now. */
  readonly left: number[];
}

export class TileReader {
  /** The tick of the newest part of each tile. */
  readonly tiles = new Map<number, number>();
  /** The aircraft of each tile as its parts say, ascending: one that has entered another tile may be in both. */
  private readonly members = new Map<number, Uint32Array>();
  /** Time between two ticks; 0 before the first message. */
  intervalMs = 0;
  private readonly slots = new Map<number, number>();
  private readonly free: number[] = [];
  private epoch: number | null = null;
  private tileOf = new Int32Array(FIRST_CAPACITY);
  private kinds = new Uint8Array(2 * FIRST_CAPACITY);
  private motions = new Int32Array(MOTION_COUNT * FIRST_CAPACITY);
  /** When each motion was sent, in ticks of the class. */
  private ticks = new Float64Array(FIRST_CAPACITY);
  private readonly predicted: Motion = new Int32Array(MOTION_COUNT);

  constructor(readonly zoom: ZoomClass) {}

  get count(): number {
    return this.slots.size;
  }

  addresses(): IterableIterator<number> {
    return this.slots.keys();
  }

  has(icao24: number): boolean {
    return this.slots.has(icao24);
  }

  /** Numbers of the category and the address type of an aircraft; null if it is not known. */
  kindsOf(icao24: number): readonly [number, number] | null {
    const slot = this.slots.get(icao24);
    return slot === undefined ? null : [this.kinds[2 * slot] as number, this.kinds[2 * slot + 1] as number];
  }

  /** Apply a message of this class. A part with an error is not applied, nor are those after it. */
  apply({ header, parts }: TileMessage): TileNews {
    const news: TileNews = { missing: [], heard: [], entered: [], left: [] };
    if (header.epoch !== this.epoch || header.intervalMs !== this.intervalMs) {
      for (const icao24 of this.slots.keys()) news.left.push(icao24);
      this.clear();
      this.epoch = header.epoch;
      this.intervalMs = header.intervalMs;
    }
    for (const part of parts) this.applyPart(header, part, news);
    return news;
  }

  /** Forget everything. */
  clear(): void {
    this.slots.clear();
    this.free.length = 0;
    this.tiles.clear();
    this.members.clear();
    this.epoch = null;
  }

  /** Forget a tile that is out of view; the addresses of its aircraft. */
  forget(tile: number): number[] {
    const left: number[] = [];
    if (!this.tiles.delete(tile)) return left;
    for (const icao24 of this.members.get(tile) ?? NOBODY) this.removeFrom(tile, icao24, left);
    this.members.delete(tile);
    return left;
  }

  /** Write into `out` the motion that is shown at a moment (milliseconds since 1970); false if it is not known. */
  shownAt(icao24: number, timeMs: number, out: Motion): boolean {
    const slot = this.slots.get(icao24);
    if (slot === undefined) return false;
    const sentMs = (this.ticks[slot] as number) * this.intervalMs;
    predict(this.motions, slot * MOTION_COUNT, Math.floor((timeMs - sentMs) / TENTH_MS), this.zoom, out);
    return true;
  }

  /** Write into `out` the motion that was sent, and return when, milliseconds since 1970; NaN if it is not known. */
  sentAt(icao24: number, out: Motion): number {
    const slot = this.slots.get(icao24);
    if (slot === undefined) return Number.NaN;
    out.set(this.motions.subarray(slot * MOTION_COUNT, (slot + 1) * MOTION_COUNT));
    return (this.ticks[slot] as number) * this.intervalMs;
  }

  /** How long an aircraft has not been heard at a moment, milliseconds; 0 for one that is heard or not known. */
  unheardMs(icao24: number, timeMs: number): number {
    const slot = this.slots.get(icao24);
    const ageS = slot === undefined ? 0 : (this.motions[slot * MOTION_COUNT + MOTION.age] as number);
    return ageS === 0 ? 0 : timeMs - (this.ticks[slot as number] as number) * this.intervalMs + 1000 * ageS;
  }

  private applyPart(header: TileHeader, part: TilePart, news: TileNews): void {
    const have = this.tiles.get(part.tile);
    if (part.isKey) {
      if (have !== undefined && have > header.tick) return;
      for (const icao24 of this.forget(part.tile)) news.left.push(icao24);
    } else {
      if (have === undefined || have < header.tick - part.since) {
        news.missing.push(part.tile);
        return;
      }
      if (have >= header.tick) return;
    }
    const before = this.members.get(part.tile) ?? NOBODY;
    if (Math.max(part.removes.at(-1) ?? -1, part.updates.places.at(-1) ?? -1) >= before.length) {
      throw new FrameError("free_slot", "a tile changes an aircraft that it does not have");
    }
    for (const place of part.removes) this.removeFrom(part.tile, before[place] as number, news.left);
    this.add(header, part, news);
    this.update(header, part, before, news);
    this.members.set(part.tile, changedMembers(before, part));
    this.tiles.set(part.tile, header.tick);
  }

  private add(header: TileHeader, { tile, isKey, adds }: TilePart, news: TileNews): void {
    for (let i = 0; i < adds.icao24.length; i++) {
      const icao24 = adds.icao24[i] as number;
      // In another tile as of a later tick, it has left this one: the part is late.
      if (this.isLaterElsewhere(icao24, header.tick)) continue;
      const slot = this.slotFor(icao24);
      this.tileOf[slot] = tile;
      this.kinds[2 * slot] = adds.categories[i] as number;
      this.kinds[2 * slot + 1] = adds.addressTypes[i] as number;
      for (let number = 0; number < MOTION_COUNT; number++) {
        this.motions[slot * MOTION_COUNT + number] = (adds.motions[number] as Int32Array)[i] as number;
      }
      this.ticks[slot] = header.tick - (adds.elapsed[i] as number);
      news.heard.push(icao24);
      if (!isKey) news.entered.push(icao24);
    }
  }

  private isLaterElsewhere(icao24: number, tick: number): boolean {
    const slot = this.slots.get(icao24);
    return slot !== undefined && (this.tiles.get(this.tileOf[slot] as number) ?? tick) > tick;
  }

  private update(header: TileHeader, { tile, updates }: TilePart, before: Uint32Array, news: TileNews): void {
    const { predicted } = this;
    for (let i = 0; i < updates.places.length; i++) {
      const icao24 = before[updates.places[i] as number] as number;
      // One that entered another tile by a later part, or by an earlier one of this message, flies as that says.
      if (!this.isIn(icao24, tile)) continue;
      const slot = this.slots.get(icao24) as number;
      this.shownAt(icao24, header.tick * this.intervalMs, predicted);
      applyDifferences(predicted, updates.differences, i, this.zoom);
      this.motions.set(predicted, slot * MOTION_COUNT);
      this.ticks[slot] = header.tick;
      news.heard.push(icao24);
    }
  }

  isIn(icao24: number, tile: number): boolean {
    const slot = this.slots.get(icao24);
    return slot !== undefined && this.tileOf[slot] === tile;
  }

  /** Forget an aircraft that is known. */
  remove(icao24: number): void {
    this.free.push(this.slots.get(icao24) as number);
    this.slots.delete(icao24);
  }

  /** Forget an aircraft, unless it has entered another tile by now. */
  private removeFrom(tile: number, icao24: number, left: number[]): void {
    if (!this.isIn(icao24, tile)) return;
    this.remove(icao24);
    left.push(icao24);
  }

  private slotFor(icao24: number): number {
    const known = this.slots.get(icao24);
    if (known !== undefined) return known;
    const slot = this.free.pop() ?? this.slots.size;
    if (slot >= this.ticks.length) this.grow(2 * this.ticks.length);
    this.slots.set(icao24, slot);
    return slot;
  }

  private grow(capacity: number): void {
    this.tileOf = extended(this.tileOf, new Int32Array(capacity));
    this.kinds = extended(this.kinds, new Uint8Array(2 * capacity));
    this.motions = extended(this.motions, new Int32Array(MOTION_COUNT * capacity));
    this.ticks = extended(this.ticks, new Float64Array(capacity));
  }
}

/** The aircraft of a tile after a part. */
function changedMembers(before: Uint32Array, { removes, adds }: TilePart): Uint32Array {
  if (removes.length === 0 && adds.icao24.length === 0) return before;
  const removed = new Set(removes);
  const staying = before.filter((_, place) => !removed.has(place));
  return Uint32Array.from(new Set([...staying, ...adds.icao24])).sort();
}

function extended<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
