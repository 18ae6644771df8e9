// From frames to the page's rows, with the vectors as input: rows of all shards are merged, packed and applied.
import { readFileSync } from "node:fs";
import { decodePayload, type FrameHeader, inflatePayload, splitFrames } from "@flighttracker/client";
import { describe, expect, test } from "vitest";
import { NO_FILTERS, rowTest } from "./filters";
import { Fleet } from "./fleet";
import { FlightRows } from "./flightRows";
import { applyRows } from "./rowsUpdate";
import { sortedRows } from "./sortOrder";
import { countRows } from "./statistics";

const path = new URL("../../../schemas/flighttracker_schemas/frame_vectors.json", import.meta.url);
const vectors: { name: string; frames: string[]; state: { flights: { icao24: string; callsign: string }[] } }[] =
  JSON.parse(readFileSync(path, "utf8")).vectors;
const many = vectors.find(({ name }) => name.startsWith("three hundred")) as (typeof vectors)[number];
const reused = vectors.find(({ name }) => name.startsWith("a silent aircraft")) as (typeof vectors)[number];

async function take(fleet: Fleet, hex: string, change: Partial<FrameHeader> = {}): Promise<void> {
  for (const frame of splitFrames(Uint8Array.from(Buffer.from(hex, "hex")))) {
    const header = { ...frame.header, ...change };
    if (fleet.orderOf(header) !== "next") throw new Error(`the frame is ${fleet.orderOf(header)}`);
    fleet.apply(header, decodePayload(header, await inflatePayload(frame)));
    fleet.place(header, header.tickMs + 100);
  }
}

function callsigns(rows: FlightRows): Record<string, string> {
  const present = Array.from({ length: rows.rowCount }, (_, row) => row).filter((row) => rows.present[row] === 1);
  return Object.fromEntries(present.map((row) => [rows.icao24Text(row), rows.textOf(row, "callsign")]));
}

describe("fleet", () => {
  test.each([many, reused])("the page holds what the frames say: $name", async ({ frames, state }) => {
    const fleet = new Fleet();
    const page = new FlightRows([]);
    for (const frame of frames) {
      await take(fleet, frame);
      const update = fleet.takeUpdate();
      if (update !== null) applyRows(page, structuredClone(update));
    }
    expect(callsigns(page)).toEqual(
      Object.fromEntries(state.flights.map(({ icao24, callsign }) => [icao24, callsign])),
    );
    expect(page.instances.subarray(0, page.rowCount * 15)).toEqual(
      fleet.rows.instances.subarray(0, page.rowCount * 15),
    );
    expect(fleet.takeUpdate()).toBeNull();
  });

  test("the same aircraft in two epochs stays one aircraft", async () => {
    const fleet = new Fleet();
    await take(fleet, many.frames[0] as string);
    const count = fleet.count;
    await take(fleet, many.frames[0] as string, { epoch: Number.MAX_SAFE_INTEGER });
    expect(fleet.count).toBe(count);
    expect(countRows(fleet.rows).total).toBe(count);
  });

  test("shards share the rows, and a removed shard removes its aircraft", async () => {
    const fleet = new Fleet();
    await take(fleet, many.frames[0] as string, { shard: 3 });
    const count = fleet.count;
    await take(fleet, reused.frames[0] as string, { shard: 4 });
    expect(fleet.count).toBeGreaterThan(count);
    fleet.keepOnly([3]);
    expect(fleet.count).toBe(count);
    expect(fleet.cursor).toMatch(/^3\.\d+\.\d+$/);
  });

  test("distinguishes the next frame, an old one and a gap", async () => {
    const fleet = new Fleet();
    const [key, first, second] = many.frames.map(
      (hex) => splitFrames(Uint8Array.from(Buffer.from(hex, "hex")))[0]?.header as FrameHeader,
    ) as [FrameHeader, FrameHeader, FrameHeader];
    expect(fleet.orderOf(first)).toBe("gap");
    await take(fleet, many.frames[0] as string);
    expect(fleet.orderOf(key)).toBe("old");
    expect(fleet.orderOf(first)).toBe("next");
    expect(fleet.orderOf(second)).toBe("gap");
    expect(fleet.orderOf({ ...first, epoch: first.epoch + 1 })).toBe("gap");
    expect(fleet.orderOf({ ...key, epoch: key.epoch - 1, sequence: 99 })).toBe("next");
    expect(fleet.orderOf({ ...key, kind: "delta", epoch: key.epoch - 1, sequence: 99 })).toBe("old");
  });

  test("filters decide what is shown, counted and sorted", async () => {
    const fleet = new Fleet();
    for (const frame of many.frames) await take(fleet, frame);
    fleet.takeUpdate();
    fleet.show(rowTest({ ...NO_FILTERS, text: "1" }, fleet.rows));
    const { total, shown } = countRows(fleet.rows);
    expect(shown).toBeGreaterThan(0);
    expect(shown).toBeLessThan(total);
    const order = sortedRows(fleet.rows, { column: "callsign", direction: "descending" });
    expect(order.length).toBe(shown);
    const texts = [...order].map((row) => fleet.rows.textOf(row, "callsign"));
    expect(texts).toEqual([...texts].sort().reverse());
  });
});
