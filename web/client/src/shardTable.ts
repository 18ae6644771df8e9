// The state of one shard: the aircraft in each slot, and the eleven integers that change in flight.
//
// Guarantees: a frame is applied whole or not at all; a gap, an old sequence and a lower epoch are reported
// instead of applied. The worker's Fleet calls it and learns which slots changed and how.
import { CHANGED_AIRCRAFT, CHANGED_POSITION, CHANGED_STATICS, REMOVED } from "./changes.ts";
import {
  COLUMN,
  COLUMN_COUNT,
  KIND_COUNT,
  MILLISECONDS_PER_AGE_UNIT,
  NAME_COLUMN_COUNT,
  TEXT_COLUMNS,
} from "./columns.ts";
import { fillShard } from "./fillShard.ts";
import type { Additions, FrameContent } from "./frame.ts";
import { FrameError } from "./frameError.ts";
import type { FrameHeader } from "./frameHeader.ts";
import type { NameTable } from "./nameTable.ts";

export type FrameOrder = "next" | "old" | "gap";

export class ShardTable {
  epoch = -1;
  sequence = -1;
  tickMs = 0;
  slotCount = 0;
  taken = new Uint8Array(0);
  icao24 = new Uint32Array(0);
  /** One array for each of TEXT_COLUMNS, with its width in bytes for each slot. */
  texts: Uint8Array[] = TEXT_COLUMNS.map(() => new Uint8Array(0));
  /** One array for each of NAME_COLUMNS: numbers in the name table. */
  nameNumbers: Uint16Array[] = Array.from({ length: NAME_COLUMN_COUNT }, () => new Uint16Array(0));
  /** Category and address type. */
  kinds: Uint8Array[] = Array.from({ length: KIND_COUNT }, () => new Uint8Array(0));
  /** One array for each column. `positionAge` stays 0: an age counts from its own frame, `positionTimeMs` is kept. */
  dynamic: Int32Array[] = Array.from({ length: COLUMN_COUNT }, () => new Int32Array(0));
  /** Milliseconds since 1970. */
  positionTimeMs = new Float64Array(0);
  /** By slot: the CHANGED_ bits of the last frame, 0 where nothing changed. */
  changes = new Uint8Array(0);

  constructor(readonly names: NameTable) {}

  /** Whether a frame can be applied now, was already seen, or needs frames that are missing. */
  orderOf(header: FrameHeader): FrameOrder {
    if (header.epoch === this.epoch && header.sequence <= this.sequence) return "old";
    // A viewer follows its gateway: a key frame replaces what it has, also under a lower epoch.
    if (header.kind === "key") return "next";
    if (header.epoch < this.epoch) return "old";
    return header.epoch === this.epoch && header.sequence === this.sequence + 1 ? "next" : "gap";
  }

  /** Change the table as a frame says whose order is "next"; `changes` tells what became of each slot. */
  apply(header: FrameHeader, content: FrameContent): void {
    if (header.kind === "delta") this.check(content);
    this.reserve(content.slotCount);
    this.changes.fill(0);
    if (header.kind === "key" && this.slotCount > 0) this.removeAllBut(content.additions.slots);
    for (let i = 0; i < content.removes.length; i++) this.remove(content.removes[i] as number);
    if (this.slotCount === 0) fillShard(this, header, content.additions);
    else this.applyAdditions(header, content);
    if (content.updates.slots.length > 0) this.applyUpdates(header, content);
    this.slotCount = content.slotCount;
    this.epoch = header.epoch;
    this.sequence = header.sequence;
    this.tickMs = header.tickMs;
  }

  /** A key frame needs none of this: it replaces whatever there is, and decodePayload has checked its slots. */
  private check(content: FrameContent): void {
    const { slotCount } = content;
    if (slotCount < this.slotCount) {
      throw new FrameError("slot", `the frame has ${slotCount} slots, but the state before it has ${this.slotCount}`);
    }
    const present = new Uint8Array(slotCount);
    present.set(this.taken.subarray(0, this.slotCount));
    for (const slot of content.removes) {
      if (present[slot] !== 1) throw new FrameError("free_slot", `slot ${slot} is removed, but it is free`);
      present[slot] = 0;
    }
    for (const slot of content.additions.slots) present[slot] = 2;
    for (const slot of content.updates.slots) {
      if (present[slot] !== 1) throw new FrameError("free_slot", `slot ${slot} is updated, but it is free or new`);
      present[slot] = 3;
    }
    for (const slot of content.escapes.slots) {
      if (present[slot] !== 3) throw new FrameError("free_slot", `slot ${slot} has an escape without an update`);
    }
  }

  private reserve(slotCount: number): void {
    if (slotCount <= this.taken.length) return;
    const capacity = Math.max(slotCount, 2 * this.taken.length, 64);
    this.taken = grown(this.taken, new Uint8Array(capacity));
    this.changes = grown(this.changes, new Uint8Array(capacity));
    this.icao24 = grown(this.icao24, new Uint32Array(capacity));
    this.texts = this.texts.map((column, t) => grown(column, new Uint8Array(capacity * textBytes(t))));
    this.nameNumbers = this.nameNumbers.map((column) => grown(column, new Uint16Array(capacity)));
    this.kinds = this.kinds.map((column) => grown(column, new Uint8Array(capacity)));
    this.dynamic = this.dynamic.map((column) => grown(column, new Int32Array(capacity)));
    this.positionTimeMs = grown(this.positionTimeMs, new Float64Array(capacity));
  }

  private removeAllBut(kept: Uint32Array): void {
    let next = 0;
    for (let slot = 0; slot < this.taken.length; slot++) {
      if (kept[next] === slot) next++;
      else if (this.taken[slot] === 1) this.remove(slot);
    }
  }

  private remove(slot: number): void {
    this.taken[slot] = 0;
    this.changes[slot] = REMOVED;
  }

  private applyAdditions(header: FrameHeader, { additions }: FrameContent): void {
    const { slots } = additions;
    const count = slots.length;
    for (let i = 0; i < count; i++) {
      const slot = slots[i] as number;
      const icao24 = additions.icao24[i] as number;
      const isNew = this.taken[slot] === 0 || this.icao24[slot] !== icao24;
      this.changes[slot] = isNew ? CHANGED_AIRCRAFT | CHANGED_STATICS | CHANGED_POSITION : 0;
      this.taken[slot] = 1;
      this.icao24[slot] = icao24;
    }
    for (let t = 0; t < TEXT_COLUMNS.length; t++) this.copyText(t, additions);
    const numbers = this.names.numbersOf(additions.names);
    for (let n = 0; n < NAME_COLUMN_COUNT; n++) this.copyNames(n, additions, numbers);
    for (let kind = 0; kind < KIND_COUNT; kind++) this.copyKinds(kind, additions);
    for (let column = 0; column < COLUMN_COUNT; column++) {
      if (column !== COLUMN.positionAge) this.copyColumn(column, additions);
    }
    const ages = additions.dynamic[COLUMN.positionAge] as Int32Array;
    for (let i = 0; i < count; i++) this.keepPositionTime(slots[i] as number, header, ages[i] as number);
  }

  private copyText(number: number, { slots, texts }: Additions): void {
    const bytes = textBytes(number);
    const source = texts[number] as Uint8Array;
    const text = this.texts[number] as Uint8Array;
    const { changes } = this;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as number;
      const from = i * bytes;
      const to = slot * bytes;
      for (let b = 0; b < bytes; b++) {
        const value = source[from + b] as number;
        if (text[to + b] === value) continue;
        text[to + b] = value;
        changes[slot] = (changes[slot] as number) | CHANGED_STATICS;
      }
    }
  }

  private copyNames(column: number, { slots, nameNumbers }: Additions, numbers: Uint16Array): void {
    const source = nameNumbers[column] as Uint32Array;
    const target = this.nameNumbers[column] as Uint16Array;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as number;
      const number = numbers[source[i] as number] as number;
      if (target[slot] === number) continue;
      target[slot] = number;
      this.changes[slot] = (this.changes[slot] as number) | CHANGED_STATICS;
    }
  }

  private copyKinds(kind: number, { slots, kinds }: Additions): void {
    const source = kinds?.[kind];
    const target = this.kinds[kind] as Uint8Array;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as number;
      const number = source ? (source[i] as number) : 0;
      if (target[slot] === number) continue;
      target[slot] = number;
      this.changes[slot] = (this.changes[slot] as number) | CHANGED_STATICS;
    }
  }

  private copyColumn(column: number, { slots, dynamic }: Additions): void {
    const source = dynamic[column] as Int32Array;
    const target = this.dynamic[column] as Int32Array;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as number;
      if (target[slot] === source[i]) continue;
      target[slot] = source[i] as number;
      this.changes[slot] = (this.changes[slot] as number) | CHANGED_POSITION;
    }
  }

  private applyUpdates(header: FrameHeader, { updates, escapes }: FrameContent): void {
    const { slots } = updates;
    const ages = this.dynamic[COLUMN.positionAge] as Int32Array;
    for (let i = 0; i < slots.length; i++) this.changes[slots[i] as number] = CHANGED_POSITION;
    for (let column = 0; column < COLUMN_COUNT; column++) {
      const differences = updates.differences[column];
      if (!differences) continue;
      const target = this.dynamic[column] as Int32Array;
      for (let i = 0; i < slots.length; i++) {
        const slot = slots[i] as number;
        target[slot] = (target[slot] as number) + (differences[i] as number);
      }
    }
    for (let i = 0; i < escapes.slots.length; i++) {
      const target = this.dynamic[escapes.columns[i] as number] as Int32Array;
      target[escapes.slots[i] as number] = escapes.values[i] as number;
    }
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as number;
      this.keepPositionTime(slot, header, ages[slot] as number);
      ages[slot] = 0;
    }
  }

  private keepPositionTime(slot: number, { tickMs }: FrameHeader, age: number): void {
    const timeMs = tickMs - age * MILLISECONDS_PER_AGE_UNIT;
    if (this.positionTimeMs[slot] === timeMs) return;
    this.positionTimeMs[slot] = timeMs;
    this.changes[slot] = (this.changes[slot] as number) | CHANGED_POSITION;
  }
}

function textBytes(column: number): number {
  return (TEXT_COLUMNS[column] as (typeof TEXT_COLUMNS)[number]).bytes;
}

function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
