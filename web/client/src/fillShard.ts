// Fills an empty table from the first key frame of a shard, column by column. Every join of a viewer begins with it.
//
// It compares nothing, because the table was empty. Usually the slots have no gaps: then the engine copies a column in one
// piece, which costs the same before and after loops are compiled. ShardTable calls it.
import { CHANGED_AIRCRAFT, CHANGED_POSITION, CHANGED_STATICS } from "./changes.ts";
import {
  COLUMN,
  COLUMN_COUNT,
  KIND_COUNT,
  MILLISECONDS_PER_AGE_UNIT,
  NAME_COLUMN_COUNT,
  TEXT_COLUMNS,
} from "./columns.ts";
import type { Additions } from "./frame.ts";
import type { FrameHeader } from "./frameHeader.ts";
import type { ShardTable } from "./shardTable.ts";

const CHANGED_ALL = CHANGED_AIRCRAFT | CHANGED_STATICS | CHANGED_POSITION;

/** Copy the additions of a frame into an empty table with enough capacity. */
export function fillShard(table: ShardTable, header: FrameHeader, additions: Additions): void {
  const { slots, dynamic } = additions;
  const isDense = slots.length > 0 && slots[slots.length - 1] === slots.length - 1;
  const place = isDense ? copyAll : scatter;
  place(additions.icao24, table.icao24, slots, 1);
  for (let t = 0; t < TEXT_COLUMNS.length; t++) {
    const { bytes } = TEXT_COLUMNS[t] as (typeof TEXT_COLUMNS)[number];
    place(additions.texts[t] as Uint8Array, table.texts[t] as Uint8Array, slots, bytes);
  }
  const numbers = table.names.numbersOf(additions.names);
  for (let n = 0; n < NAME_COLUMN_COUNT; n++) {
    const target = table.nameNumbers[n] as Uint16Array;
    placeNames(additions.nameNumbers[n] as Uint32Array, numbers, target, slots);
  }
  for (let kind = 0; kind < KIND_COUNT; kind++) {
    const source = additions.kinds?.[kind] ?? new Uint8Array(slots.length);
    place(source, table.kinds[kind] as Uint8Array, slots, 1);
  }
  for (let column = 0; column < COLUMN_COUNT; column++) {
    if (column === COLUMN.positionAge) continue;
    place(dynamic[column] as Int32Array, table.dynamic[column] as Int32Array, slots, 1);
  }
  placeTimes(dynamic[COLUMN.positionAge] as Int32Array, header.tickMs, table.positionTimeMs, slots);
  mark(table, slots);
}

type Column = Uint8Array | Uint32Array | Int32Array;

function copyAll(source: Column, target: Column): void {
  target.set(source);
}

/** `width` values for each slot. */
function scatter(source: Column, target: Column, slots: Uint32Array, width: number): void {
  let from = 0;
  for (let i = 0; i < slots.length; i++) {
    const to = (slots[i] as number) * width;
    for (let b = 0; b < width; b++) target[to + b] = source[from++] as number;
  }
}

function placeNames(source: Uint32Array, numbers: Uint16Array, target: Uint16Array, slots: Uint32Array): void {
  for (let i = 0; i < slots.length; i++) target[slots[i] as number] = numbers[source[i] as number] as number;
}

function placeTimes(ages: Int32Array, tickMs: number, target: Float64Array, slots: Uint32Array): void {
  for (let i = 0; i < slots.length; i++) {
    target[slots[i] as number] = tickMs - (ages[i] as number) * MILLISECONDS_PER_AGE_UNIT;
  }
}

function mark({ taken, changes }: ShardTable, slots: Uint32Array): void {
  for (let i = 0; i < slots.length; i++) {
    taken[slots[i] as number] = 1;
    changes[slots[i] as number] = CHANGED_ALL;
  }
}
