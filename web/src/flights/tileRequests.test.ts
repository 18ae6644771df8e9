// What the gateway is asked for while a person looks at the map and at the table.
import type { WorldView } from "@flighttracker/client";
import { beforeEach, describe, expect, test } from "vitest";
import { TestSession, WORLD } from "./testSession";

const [key, first] = WORLD as [Uint8Array, Uint8Array];
const EUROPE: WorldView = { west: 0.5, north: 0.3, east: 0.52, south: 0.31, zoom: 8 };
let at: TestSession;

beforeEach(() => {
  at = new TestSession();
});

describe("the view", () => {
  test("asks for the tiles and the exact aircraft of a moment in one message, twice a second at most", async () => {
    await at.loadLater();
    expect(at.tilesAsked()).toEqual([{ type: "tiles", class: 0, tiles: [], exact: [] }]);
    at.session.receive({ type: "view", view: EUROPE });
    at.session.receive({ type: "select", icao24: 0xabc });
    at.session.receive({ type: "read", icao24: [0xdef, 0xabc] });
    expect(at.tilesAsked().length).toBe(1);
    at.wait(500);
    expect(at.tilesAsked().at(-1)).toMatchObject({ class: 2, exact: ["000abc", "000def"] });
    expect(at.tilesAsked().length).toBe(2);
    at.wait(500);
    at.session.receive({ type: "view", view: EUROPE });
    expect(at.tilesAsked().length).toBe(2);
  });

  test("has at most 64 exact aircraft, the selected one first", async () => {
    await at.loadLater();
    at.wait(500);
    at.session.receive({ type: "read", icao24: Array.from({ length: 100 }, (_, i) => i) });
    at.wait(500);
    at.session.receive({ type: "select", icao24: 99 });
    expect(at.tilesAsked().at(-1)?.exact.length).toBe(64);
    expect(at.tilesAsked().at(-1)?.exact[0]).toBe("000063");
  });

  test("follows emergencies exactly, because tiles have no squawks", async () => {
    await at.loadLater();
    await at.deliver(key);
    at.wait(500);
    at.session.receive({ type: "select", icao24: 0x3c0003 });
    const report = { icao24: "3c0003", latitude_deg: 1, longitude_deg: 2, position_time_ms: 1, squawk: "7700" };
    at.socket().onmessage?.({ data: JSON.stringify({ type: "exact", flights: [report] }) });
    at.session.receive({ type: "select", icao24: 0x3c0004 });
    at.wait(500);
    expect(at.tilesAsked().at(-1)?.exact).toEqual(["3c0004", "3c0003"]);
    at.session.receive({ type: "select", icao24: null });
    at.wait(500);
    expect(at.tilesAsked().at(-1)?.exact).toEqual(["3c0003"]);
  });

  test("is the world for a while when the gateway has no room for its tiles", async () => {
    await at.deliver(key);
    at.session.receive({ type: "view", view: EUROPE });
    at.wait(500);
    const asked = at.tilesAsked().length;
    at.socket().onmessage?.({ data: '{"type":"tiles","class":0,"tiles":[]}' });
    for (let second = 0; second < 29; second++) {
      at.wait(1_000);
      at.socket().onmessage?.({ data: '{"type":"state","stale_shards":[],"viewers":4,"server_time_ms":1000000}' });
      at.session.pulse();
    }
    expect(
      at
        .tilesAsked()
        .slice(asked)
        .filter(({ class: number }) => number > 0),
    ).toEqual([]);
    await at.deliver(first);
    at.wait(2_000);
    at.session.pulse();
    expect(at.tilesAsked().at(-1)?.class).toBe(2);
  });

  test("whose tiles do not come is at.asked for again", async () => {
    await at.deliver(key);
    at.session.receive({ type: "view", view: EUROPE });
    at.wait(500);
    for (const message of WORLD.slice(1, 4)) {
      at.wait(4_000);
      await at.deliver(message);
      at.session.pulse();
    }
    expect(at.resyncs()).toBeGreaterThan(0);
  });
});
