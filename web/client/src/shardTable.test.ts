// A key frame fills an empty table column by column and replaces a full one slot by slot: both must have the same result.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { COLUMN_COUNT, TEXT_COLUMNS } from "./columns.ts";
import { decodePayload, type FrameContent } from "./frame.ts";
import { type FrameHeader, splitFrames } from "./frameHeader.ts";
import { inflatePayload } from "./inflate.ts";
import { NameTable } from "./nameTable.ts";
import { ShardTable } from "./shardTable.ts";

const path = new URL("../../../schemas/flighttracker_schemas/frame_vectors.json", import.meta.url);
const { vectors } = JSON.parse(readFileSync(path, "utf8")) as { vectors: { name: string; frames: string[] }[] };

async function keyOf(beginning: string): Promise<{ header: FrameHeader; content: FrameContent }> {
  const hex = vectors.find(({ name }) => name.startsWith(beginning))?.frames[0] as string;
  const frame = splitFrames(Uint8Array.from(Buffer.from(hex, "hex")))[0] as ReturnType<typeof splitFrames>[number];
  return { header: frame.header, content: decodePayload(frame.header, await inflatePayload(frame)) };
}

/** The same aircraft with two free slots before and between them. */
function withGaps(content: FrameContent): FrameContent {
  const slots = content.additions.slots.map((slot) => 3 * slot + 2);
  return { ...content, slotCount: 3 * content.slotCount + 4, additions: { ...content.additions, slots } };
}

function flights(table: ShardTable, names: NameTable): object[] {
  const taken = [...table.taken.keys()].filter((slot) => table.taken[slot] === 1);
  return taken.map((slot) => ({
    slot,
    icao24: table.icao24[slot],
    texts: TEXT_COLUMNS.map(({ bytes }, t) => [...(table.texts[t]?.subarray(slot * bytes, (slot + 1) * bytes) ?? [])]),
    names: table.nameNumbers.map((numbers) => names.names[numbers[slot] as number]),
    dynamic: Array.from({ length: COLUMN_COUNT }, (_, column) => table.dynamic[column]?.[slot]),
    positionTimeMs: table.positionTimeMs[slot],
  }));
}

describe.each([
  ["without gaps", (content: FrameContent) => content],
  ["with gaps", withGaps],
])("a key frame %s", (_, change) => {
  test.each(["three hundred", "names beyond", "everything unknown", "an empty shard"])("of %s", async (beginning) => {
    const { header, content } = await keyOf(beginning);
    const other = await keyOf("poles");
    const names = new NameTable();
    const empty = new ShardTable(names);
    const full = new ShardTable(names);
    full.apply(other.header, other.content);
    const key = { ...header, epoch: other.header.epoch + 1 };
    empty.apply(key, change(content));
    full.apply(key, change(content));
    expect(flights(empty, names).length).toBe(content.additions.slots.length);
    expect(flights(empty, names)).toEqual(flights(full, names));
    const changed = [...empty.changes.keys()].filter((slot) => empty.changes[slot] !== 0);
    expect(changed).toEqual([...change(content).additions.slots]);
  });
});
