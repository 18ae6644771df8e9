// The same vectors that the Python codec is tested with: neither codec is the reference, frame.md is.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  ADDRESS_TYPES,
  CATEGORIES,
  COLUMN_COUNT,
  isNotAircraft,
  NAME_COLUMNS,
  STATUSES,
  TEXT_COLUMNS,
} from "./columns.ts";
import { decodePayload } from "./frame.ts";
import { FrameError } from "./frameError.ts";
import { splitFrames } from "./frameHeader.ts";
import { inflatePayload } from "./inflate.ts";
import { NameTable } from "./nameTable.ts";
import { ShardTable } from "./shardTable.ts";

interface Vectors {
  vectors: { name: string; frames: string[]; state: { slot_count: number; flights: object[] } }[];
  refused: { name: string; frame: string }[];
}

const path = new URL("../../../schemas/flighttracker_schemas/frame_vectors.json", import.meta.url);
const { vectors, refused } = JSON.parse(readFileSync(path, "utf8")) as Vectors;

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

async function applyMessage(table: ShardTable, message: Uint8Array<ArrayBuffer>): Promise<void> {
  const frames = splitFrames(message);
  if (frames.length === 0) throw new FrameError("truncated", "no frame");
  for (const frame of frames) {
    if (table.orderOf(frame.header) !== "next") throw new Error("out of order");
    table.apply(frame.header, decodePayload(frame.header, await inflatePayload(frame)));
  }
}

function flightAt(table: ShardTable, names: NameTable, slot: number): object {
  const texts = TEXT_COLUMNS.map(({ bytes }, t) =>
    Buffer.from(table.texts[t]?.subarray(slot * bytes, (slot + 1) * bytes) as Uint8Array)
      .toString("ascii")
      .replace(/\0+$/, ""),
  );
  const named = NAME_COLUMNS.map((_, n) => names.names[table.nameNumbers[n]?.[slot] as number] as string);
  const [callsign, registration, aircraft_type, origin, destination] = texts;
  const [operator, origin_country, source] = named;
  return {
    slot,
    icao24: (table.icao24[slot] as number).toString(16).padStart(6, "0"),
    category: table.kinds[0]?.[slot],
    address_type: table.kinds[1]?.[slot],
    ...{ callsign, registration, aircraft_type, origin, destination, operator, origin_country, source },
    dynamic: Array.from({ length: COLUMN_COUNT }, (_, column) => table.dynamic[column]?.[slot]),
    position_time_ms: table.positionTimeMs[slot],
  };
}

test("statuses and kinds are those of the schema, in its order", () => {
  const schema = new URL("../../../schemas/flighttracker_schemas/flight_position.avsc", import.meta.url);
  const { fields } = JSON.parse(readFileSync(schema, "utf8")) as {
    fields: { name: string; type: { symbols: string[] } }[];
  };
  const symbols = (name: string) => fields.find((field) => field.name === name)?.type.symbols;
  expect([symbols("status"), symbols("category"), symbols("address_type")]).toEqual([
    STATUSES,
    CATEGORIES,
    ADDRESS_TYPES,
  ]);
  expect(CATEGORIES.filter((_, number) => isNotAircraft(number))).toEqual([
    "emergency_vehicle",
    "service_vehicle",
    "obstacle",
  ]);
  expect(isNotAircraft(CATEGORIES.length)).toBe(false);
});

describe("frame vectors", () => {
  test.each(vectors)("$name", async ({ frames, state }) => {
    const names = new NameTable();
    const table = new ShardTable(names);
    for (const frame of frames) await applyMessage(table, bytesOf(frame));
    const slots = [...table.taken.keys()].filter((slot) => table.taken[slot] === 1);
    expect(table.slotCount).toBe(state.slot_count);
    expect(slots.map((slot) => flightAt(table, names, slot))).toEqual(state.flights);
  });

  test.each(refused)("refuses $name and leaves the table as it was", async ({ frame }) => {
    const table = new ShardTable(new NameTable());
    await applyMessage(table, bytesOf(vectors[0]?.frames[0] as string));
    const before = structuredClone({ ...table, names: null });
    const message = bytesOf(frame);
    const attempt = async () => {
      const frames = splitFrames(message);
      if (frames.length === 0) throw new FrameError("truncated", "no frame");
      for (const { header, payload } of frames) {
        const later = { ...header, epoch: table.epoch + 1, sequence: table.sequence + 1 };
        table.apply(later, decodePayload(header, await inflatePayload({ header, payload })));
      }
    };
    await expect(attempt()).rejects.toBeInstanceOf(FrameError);
    expect(structuredClone({ ...table, names: null })).toEqual(before);
  });
});
