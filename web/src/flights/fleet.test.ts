// From messages to the page's rows, with the vectors as input: what tiles say is merged, packed and applied.
import { readFileSync } from "node:fs";
import {
  CLASSES,
  COLUMN,
  COLUMN_COUNT,
  decodeTileMessages,
  exactReports,
  NULL_VALUE,
  type TileMessage,
  type ZoomClass,
} from "@flighttracker/client";
import { beforeEach, describe, expect, test } from "vitest";
import { type Place, placeAt } from "./deadReckoning";
import { NO_FILTERS } from "./filters";
import { Fleet } from "./fleet";
import { FlightRows } from "./flightRows";
import { latitudeDeg, longitudeDeg, mercatorX, mercatorY, shortestX } from "./mercator";
import type { FlightNames } from "./names";
import { applyRows } from "./rowsUpdate";
import { rowTest } from "./rowTest";
import { sortedRows } from "./sortOrder";
import { countRows } from "./statistics";

interface Vector {
  name: string;
  class: number;
  messages: string[];
  shown: Record<string, Record<string, number[]>>;
}

const path = new URL("../../../schemas/flighttracker_schemas/tile_vectors.json", import.meta.url);
const vectors: Vector[] = JSON.parse(readFileSync(path, "utf8")).vectors;
const world = vectors.find(({ name }) => name === "half a minute, class 0") as Vector;
const country = vectors.find(({ name }) => name === "half a minute, class 2") as Vector;

let fleet: Fleet;
let page: FlightRows;

async function messagesOf({ messages }: Vector): Promise<TileMessage[]> {
  const decoded = await Promise.all(
    messages.map((hex) => decodeTileMessages(Uint8Array.from(Buffer.from(hex, "hex")))),
  );
  return decoded.flat();
}

function timeOf({ header }: TileMessage): number {
  return header.tick * header.intervalMs;
}

async function play(vector: Vector): Promise<number> {
  let nowMs = 0;
  for (const message of await messagesOf(vector)) {
    nowMs = timeOf(message);
    fleet.apply(message, nowMs);
  }
  takeUpdate();
  return nowMs;
}

function takeUpdate(): void {
  const update = fleet.takeUpdate();
  if (update !== null) applyRows(page, structuredClone(update));
}

function placeOf(icao24: number, nowMs: number): Place {
  const place: Place = { x: 0, y: 0, headingRad: 0 };
  placeAt(page.instances, page.rowOf(icao24), (nowMs - page.referenceMs) / 1000, false, place);
  return place;
}

/** Exactly the fields that a report of an aircraft over Dublin has. */
function exactOver(icao24: string, fields: object): Parameters<Fleet["takeExact"]>[0] {
  const flight = { icao24, latitude_deg: 53.42, longitude_deg: -6.27, ...fields };
  return exactReports([flight]);
}

function named(icao24: number, callsign: string): FlightNames {
  const rest = { registration: "EI-ABC", aircraftType: "A20N", origin: "EIDW", destination: "EGLL" };
  return { icao24, callsign, operator: "Ryanair", country: "Ireland", source: "opensky", squawk: "7421", ...rest };
}

beforeEach(() => {
  fleet = new Fleet();
  page = new FlightRows([]);
});

describe("tiles", () => {
  test.each([world, country])("the page shows what the messages say: $name", async (vector) => {
    const zoom = CLASSES[vector.class] as ZoomClass;
    if (vector.class > 0) {
      const tiles = (await messagesOf(vector)).flatMap(({ parts }) => parts.map(({ tile }) => tile));
      fleet.follow({ zoom, tiles: [...new Set(tiles)] }, 0);
    }
    await play(vector);
    const [first] = await messagesOf(vector);
    const intervalMs = first?.header.intervalMs as number;
    for (const [tick, aircraft] of Object.entries(vector.shown)) {
      const nowMs = Number(tick) * intervalMs;
      for (let part = 0; part < 5; part++) fleet.refresh(nowMs);
      takeUpdate();
      expect(countRows(page).total).toBe(Object.keys(aircraft).length);
      for (const [icao24, motion] of Object.entries(aircraft)) {
        const row = page.rowOf(Number.parseInt(icao24, 16));
        const place = placeOf(Number.parseInt(icao24, 16), nowMs);
        const [x, y, velocityX, velocityY, altitude] = motion as [number, number, number, number, number];
        // A prediction is rounded to whole units; what is drawn is not.
        const world = 2 ** zoom.positionBits;
        expect(Math.abs(shortestX(place.x - x / world) * world), icao24).toBeLessThan(0.501);
        expect(Math.abs(place.y * 2 ** zoom.positionBits - y), icao24).toBeLessThan(0.501);
        expect(page.longitudeDeg(row)).toBeCloseTo(longitudeDeg(place.x), 4);
        expect(page.latitudeDeg(row)).toBeCloseTo(latitudeDeg(place.y), 4);
        const state = motion[7] as number;
        expect(page.altitudeFt(row)).toBe((state & 0x20) === 0 ? altitude * zoom.altitudeStep * 25 : null);
        expect(page.isOnGround(row)).toBe((state & 16) !== 0);
        expect(page.groundSpeedKt(row) === null).toBe((state & 0x80) !== 0);
        expect(page.trackDeg(row) === null).toBe((state & 0x40) !== 0);
        if (velocityX === 0 && velocityY < 0) expect(page.trackDeg(row)).toBe(0);
      }
    }
  });

  test("an aircraft that is silent flies on between two refreshes, and climbs with them", async () => {
    const nowMs = await play(world);
    const icao24 = 0x3c0009;
    const altitudeFt = page.altitudeFt(page.rowOf(icao24)) as number;
    const before = placeOf(icao24, nowMs);
    const between = placeOf(icao24, nowMs + 4_000);
    expect(between.y).toBeLessThan(before.y);
    for (let part = 0; part < 5; part++) fleet.refresh(nowMs + 60_000);
    takeUpdate();
    expect(page.altitudeFt(page.rowOf(icao24))).toBeGreaterThan(altitudeFt + 1_000);
    expect(page.positionTimeMs(page.rowOf(icao24))).toBeCloseTo(nowMs + 60_000, -2);
  });

  test("an aged aircraft was last heard so long ago", async () => {
    const [key] = (await messagesOf(world)) as [TileMessage];
    const ages = key.parts[0]?.adds.motions[8] as Int32Array;
    ages.fill(40);
    fleet.apply(key, timeOf(key));
    takeUpdate();
    expect(page.positionTimeMs(0)).toBeCloseTo(timeOf(key) - 40_000, -2);
  });

  test("what left is gone, and its row goes to another aircraft without its names", async () => {
    await play(world);
    const icao24 = 0x3c0003;
    const row = page.rowOf(icao24);
    const { rowCount } = page;
    fleet.takeNames([named(icao24, "RYR1AB")]);
    takeUpdate();
    expect(page.textOf(row, "callsign")).toBe("RYR1AB");
    const [key] = (await messagesOf(world)) as [TileMessage];
    const none = { ...key, header: { ...key.header, epoch: 1 }, parts: [] };
    fleet.apply(none, timeOf(key));
    takeUpdate();
    expect(countRows(page).total).toBe(0);
    expect(page.rowOf(icao24)).toBe(-1);
    fleet.takeNames([named(icao24, "RYR1AB")]);
    fleet.apply({ ...key, header: { ...key.header, epoch: 1 } }, timeOf(key));
    takeUpdate();
    expect(page.rowCount).toBe(rowCount);
    expect(page.textOf(page.rowOf(icao24), "callsign")).toBe("");
    expect([...fleet.takeNewcomers()]).toContain(icao24);
  });

  test("names are shown, counted and searched", async () => {
    await play(world);
    fleet.takeNames([named(0x3c0004, "RYR1AB"), named(0x3c0005, "EIN2"), named(0x123456, "NOBODY")]);
    takeUpdate();
    const row = page.rowOf(0x3c0004);
    expect(page.nameOf(row, "operator")).toBe("Ryanair");
    expect(page.nameOf(row, "originCountry")).toBe("Ireland");
    expect(page.textOf(row, "destination")).toBe("EGLL");
    expect(page.squawk(row)).toBe("7421");
    fleet.show(rowTest({ ...NO_FILTERS, text: "ryr" }, fleet.rows));
    expect(countRows(fleet.rows)).toMatchObject({ shown: 1, byType: [{ name: "A20N", count: 1 }] });
    fleet.show(rowTest(NO_FILTERS, fleet.rows));
    const order = sortedRows(fleet.rows, { column: "callsign", direction: "ascending" });
    expect([...order].slice(0, 3).map((sorted) => fleet.rows.textOf(sorted, "callsign"))).toEqual([
      "EIN2",
      "RYR1AB",
      "",
    ]);
  });
});

describe("squawks", () => {
  const squawkNow = (row: number) => {
    takeUpdate();
    return page.squawk(row);
  };

  test("come with names, and from exact reports while there are any", async () => {
    const nowMs = await play(world);
    const row = page.rowOf(0x3c0004);
    fleet.takeNames([named(0x3c0004, "RYR1AB")]);
    for (let part = 0; part < 5; part++) fleet.refresh(nowMs);
    expect(squawkNow(row)).toBe("7421");
    fleet.takeExact(exactOver("3c0004", { position_time_ms: nowMs, squawk: "1000" }), nowMs);
    fleet.takeNames([named(0x3c0004, "RYR1AB")]);
    expect(squawkNow(row)).toBe("1000");
    fleet.keepExact(new Set(), nowMs);
    expect(squawkNow(row)).toBe("7421");
    fleet.takeNames([{ ...named(0x3c0004, "RYR1AB"), squawk: "" }]);
    expect(squawkNow(row)).toBe("");
  });

  test("of an emergency that is over are not believed", async () => {
    const nowMs = await play(world);
    const row = page.rowOf(0x3c0004);
    fleet.takeNames([{ ...named(0x3c0004, "RYR1AB"), squawk: "7700" }]);
    expect([squawkNow(row), page.isEmergency(row), fleet.emergencies(9)]).toEqual(["", false, []]);
    fleet.takeExact(exactOver("3c0004", { position_time_ms: nowMs, squawk: "7700" }), nowMs);
    expect([squawkNow(row), page.isEmergency(row), fleet.emergencies(9)]).toEqual(["7700", true, [0x3c0004]]);
  });
});

describe("exact aircraft", () => {
  test("are shown as they were reported, until they are wanted no longer", async () => {
    const nowMs = await play(world);
    const icao24 = 0x3c0004;
    const before = placeOf(icao24, nowMs);
    const fields = { position_time_ms: nowMs - 2_000, ground_speed_mps: 100, track_deg: 90, baro_altitude_m: 1_524 };
    fleet.takeExact(exactOver("3c0004", { ...fields, squawk: "7700", status: "cruising" }), nowMs);
    takeUpdate();
    const row = page.rowOf(icao24);
    expect(page.latitudeDeg(row)).toBeCloseTo(53.42, 5);
    expect(page.altitudeFt(row)).toBe(5_000);
    expect(page.isEmergency(row)).toBe(true);
    expect(page.positionTimeMs(row)).toBeCloseTo(nowMs - 2_000, -2);
    expect(placeOf(icao24, nowMs - 2_000).x).toBeCloseTo(mercatorX(-6.27), 9);
    expect(placeOf(icao24, nowMs).x).toBeGreaterThan(mercatorX(-6.27));
    expect(placeOf(icao24, nowMs).y).toBeCloseTo(mercatorY(53.42), 9);
    for (let part = 0; part < 5; part++) fleet.refresh(nowMs);
    takeUpdate();
    expect(page.latitudeDeg(row)).toBeCloseTo(53.42, 5);
    fleet.keepExact(new Set(), nowMs);
    takeUpdate();
    expect(placeOf(icao24, nowMs)).toEqual(before);
    expect(page.dynamic[row * COLUMN_COUNT + COLUMN.squawk]).toBe(NULL_VALUE);
  });

  test("that nobody knows any more, or without a place, are left out", async () => {
    const nowMs = await play(world);
    const count = fleet.count;
    fleet.takeExact(exactOver("abcdef", { position_time_ms: nowMs }), nowMs);
    fleet.takeExact(exactOver("3c0004", { position_time_ms: nowMs, latitude_deg: null }), nowMs);
    fleet.takeExact(exactOver("3C0004", { position_time_ms: nowMs }), nowMs);
    expect(fleet.count).toBe(count);
    expect(fleet.takeUpdate()).toBeNull();
  });
});

test("times are counted from a new reference before they lose their precision", async () => {
  const nowMs = await play(world);
  const laterMs = nowMs + 5 * 3_600_000;
  for (let part = 0; part < 5; part++) fleet.refresh(laterMs);
  takeUpdate();
  expect(page.referenceMs).toBe(laterMs);
  expect(page.positionTimeMs(page.rowOf(0x3c0004))).toBeCloseTo(laterMs, -2);
});
