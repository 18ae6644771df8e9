// The worker's session, from gateway messages to page messages, with the vectors as messages.
import type { WorldView } from "@flighttracker/client";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { NO_FILTERS } from "./filters";
import type { FlightNames } from "./names";
import { TestSession, WELCOME, WORLD, withoutParts } from "./testSession";

const [key, first, second, third] = WORLD as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
const EUROPE: WorldView = { west: 0.5, north: 0.3, east: 0.52, south: 0.31, zoom: 8 };
let at: TestSession;

beforeEach(() => {
  at = new TestSession();
});

describe("session", () => {
  test("asks for flights.v3; a key makes the picture live, the next message changes it", async () => {
    expect(at.socket().protocols).toEqual(["flights.v3"]);
    expect(at.connection()?.phase).toBe("loading");
    await at.deliver(key);
    expect(at.connection()?.phase).toBe("live");
    const rows = at.posts("rows").length;
    await at.deliver(first);
    expect(at.posts("rows").length).toBeGreaterThan(rows);
    expect(at.resyncs()).toBe(0);
  });

  test("the counts of the first picture are sent before the picture is live", async () => {
    at.session.pulse();
    await at.deliver(key);
    const told = at.posted.findIndex(
      (message) => message.type === "connection" && message.connection.pictureTimeMs !== null,
    );
    const counted = at.posted.slice(0, told).findLast((message) => message.type === "pulse");
    expect(counted?.type === "pulse" && counted.statistics.total).toBeGreaterThan(0);
    await at.deliver(first);
    expect(at.posts("pulse").length).toBe(2);
  });

  test("a gap asks for keys once, and the picture waits", async () => {
    await at.deliver(key);
    await at.deliver(second);
    await at.deliver(third);
    expect(at.resyncs()).toBe(1);
    await at.deliver(key);
    await at.deliver(first);
    expect(at.resyncs()).toBe(1);
  });

  test("a damaged message asks for keys and does not change the picture", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    await at.deliver(key);
    const rows = at.posts("rows").length;
    await at.deliver(first.slice(0, -1));
    expect(at.posts("rows").length).toBe(rows);
    expect(at.resyncs()).toBe(1);
    await at.deliver(first);
    expect(at.posts("rows").length).toBe(rows + 1);
  });

  test("a message of a newer version gives a message instead of a loop", async () => {
    const later = key.slice();
    later[0] = 0xf4;
    await at.deliver(later);
    expect(at.connection()?.phase).toBe("outdated");
    expect(at.socket().isClosed).toBe(true);
  });

  test("after a loss it asks for the same tiles again", async () => {
    at.session.receive({ type: "view", view: EUROPE });
    at.wait(500);
    const before = at.tilesAsked().at(-1);
    expect(before?.class).toBe(2);
    at.socket().onclose?.({ code: 1012, reason: "" });
    await at.deliver(key);
    expect(at.connection()).toMatchObject({ lost: { meaning: "restarting" } });
    at.session.receive({ type: "hurry" });
    at.socket().onopen?.();
    at.wait(500);
    expect(at.tilesAsked()).toEqual([]);
    at.socket().onmessage?.({ data: WELCOME });
    expect(at.tilesAsked()).toEqual([before]);
  });

  test("fifteen silent seconds make the picture stale, and the next message makes it fresh", async () => {
    await at.deliver(key);
    at.nowMs += 15_000;
    at.session.pulse();
    expect(at.connection()?.isStale).toBe(false);
    at.nowMs += 1;
    at.session.pulse();
    expect(at.connection()?.isStale).toBe(true);
    await at.deliver(withoutParts(key, 1));
    expect(at.connection()?.isStale).toBe(false);
    expect(at.resyncs()).toBe(0);
  });

  test("a gateway that ticks more slowly may be silent for longer", async () => {
    at.socket().onmessage?.({ data: WELCOME.replace('"tick_interval_ms":1000', '"tick_interval_ms":20000') });
    await at.deliver(key);
    at.nowMs += 60_000;
    at.session.pulse();
    expect(at.connection()?.isStale).toBe(false);
    at.nowMs += 1;
    at.session.pulse();
    expect(at.connection()?.isStale).toBe(true);
  });

  test("messages that come late do not move the clock", async () => {
    const offset = () => {
      const message = at.posts("clock").at(-1);
      return message?.type === "clock" ? message.offsetMs : null;
    };
    const tickMs = new DataView(key.buffer, key.byteOffset).getUint32(8, true) * 5_000;
    at.socket().onmessage?.({ data: WELCOME.replace("1000000", String(tickMs + 400)) });
    await at.deliver(key);
    const known = offset();
    for (const lateMs of [300, 9_000, 1, 40_000]) {
      at.nowMs += 5_000 + lateMs;
      await at.deliver(withoutParts(key, 1));
    }
    expect(offset()).toBe(known);
  });

  test("stale shards are reported", async () => {
    await at.deliver(key);
    at.socket().onmessage?.({ data: '{"type":"state","stale_shards":[0],"viewers":4,"server_time_ms":1000000}' });
    expect(at.connection()).toMatchObject({ isStale: true, viewers: 4 });
  });

  test("after a rejected token it waits for another, and uses it at once", async () => {
    await at.deliver(key);
    at.nowMs += 60_000;
    at.socket().onclose?.({ code: 4401, reason: "the token has expired" });
    at.session.receive({ type: "hold", reason: "expired" });
    expect(at.connection()).toMatchObject({ phase: "reconnecting", lost: { meaning: "not_allowed" }, retryAtMs: null });
    expect(at.sockets.length).toBe(1);
    at.session.receive({ type: "token", token: "a.b.c" });
    expect(at.sockets.length).toBe(2);
  });

  test("the delay of reports is measured with those that come exactly", async () => {
    await at.loadLater();
    await at.deliver(key);
    at.session.pulse();
    const report = { icao24: "3c0003", latitude_deg: 1, longitude_deg: 2, position_time_ms: 1 };
    at.socket().onmessage?.({ data: JSON.stringify({ type: "exact", flights: [report] }) });
    at.session.pulse();
    const latencies = at.posts("pulse").map((message) => (message.type === "pulse" ? message.latency : null));
    expect(latencies.at(-2)).toBeNull();
    expect(latencies.at(-1)?.medianMs).toBeGreaterThan(0);
  });

  test("filters change what is shown without a frame", async () => {
    await at.deliver(key);
    const shown = () => {
      const message = at.posted.findLast(({ type }) => type === "shown");
      return message?.type === "shown" ? message.shown.reduce((sum, value) => sum + value, 0) : null;
    };
    at.session.receive({ type: "filter", filters: { ...NO_FILTERS, where: "airborne" } });
    // Until the filters are loaded, nothing is shown that they hide.
    expect(shown()).toBe(0);
    await vi.waitFor(() => expect(shown()).toBeGreaterThan(0));
    at.session.receive({ type: "filter", filters: { ...NO_FILTERS, text: "nothing has this name" } });
    expect(shown()).toBe(0);
    at.session.receive({ type: "filter", filters: NO_FILTERS });
    expect(shown()).toBeGreaterThan(0);
  });

  test("the selected aircraft's trail and the table's order are sent on request", async () => {
    await at.deliver(key);
    expect(at.posts("order")).toEqual([]);
    at.session.receive({ type: "sort", order: { column: "icao24", direction: "ascending" } });
    at.session.receive({ type: "select", icao24: 1 });
    await vi.waitFor(() => expect(at.posts("order").length).toBe(1));
    expect(at.posts("trail").length).toBe(1);
  });
});

describe("names", () => {
  const named = (icao24: number): FlightNames => {
    const rest = {
      registration: "",
      aircraftType: "",
      operator: "",
      country: "",
      source: "",
      origin: "",
      destination: "",
      squawk: "",
    };
    return { icao24, callsign: "DLH1", ...rest };
  };

  test("of a few aircraft are at.asked for after the first picture, and shown", async () => {
    at.names = [named(0x3c0003)];
    await at.deliver(key);
    expect(at.asked).toEqual([]);
    at.session.receive({ type: "names", areNeeded: false });
    await vi.waitFor(() => expect(at.asked.length).toBe(1));
    expect(at.asked[0]).toBe("all");
    await vi.waitFor(() => {
      const update = at.posts("rows").at(-1);
      expect(update?.type === "rows" && update.update.statics.rows.length).toBe(1);
    });
  });
});
