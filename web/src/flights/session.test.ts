// The worker's session, from gateway messages to page messages, with the frame vectors as frames.
import { readFileSync } from "node:fs";
import { FRAME_VERSION } from "@flighttracker/client";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { NO_FILTERS } from "./filters";
import { FlightSession } from "./session";
import type { Connection, FromWorker } from "./workerMessages";

const path = new URL("../../../schemas/flighttracker_schemas/frame_vectors.json", import.meta.url);
const vectors: { name: string; frames: string[] }[] = JSON.parse(readFileSync(path, "utf8")).vectors;
const frames = vectors
  .find(({ name }) => name.startsWith("three hundred"))
  ?.frames.map((hex) => Uint8Array.from(Buffer.from(hex, "hex"))) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];

interface FakeSocket {
  url: string;
  sent: string[];
  isClosed: boolean;
  onopen?: () => void;
  onmessage?: (event: { data: string | ArrayBuffer }) => void | Promise<void>;
  onclose?: (event: { code: number; reason: string }) => void;
}

let nowMs: number;
let posted: FromWorker[];
let sockets: FakeSocket[];
let session: FlightSession;

const socket = () => sockets.at(-1) as FakeSocket;
const connection = () =>
  posted.findLast((message): message is { type: "connection"; connection: Connection } => message.type === "connection")
    ?.connection;
const posts = (type: FromWorker["type"]) => posted.filter((message) => message.type === type);

async function deliver(frame: Uint8Array): Promise<void> {
  await socket().onmessage?.({ data: frame.slice().buffer as ArrayBuffer });
}

beforeEach(() => {
  nowMs = 1_000_000;
  posted = [];
  sockets = [];
  session = new FlightSession((message) => posted.push(message), {
    createSocket: (url) => {
      const created = { url, sent: [] as string[], isClosed: false, readyState: 1 };
      sockets.push(
        Object.assign(created, {
          send: (text: string) => created.sent.push(text),
          close: () => {
            created.isClosed = true;
          },
        }),
      );
      return created as unknown as WebSocket;
    },
    after: () => () => {},
    random: () => 0,
    nowMs: () => nowMs,
  });
  session.receive({ type: "open", url: "ws://gateway/ws" });
  socket().onopen?.();
});

describe("session", () => {
  test("a key frame makes the picture live, a delta changes it", async () => {
    expect(connection()?.phase).toBe("loading");
    await deliver(frames[0]);
    expect(connection()?.phase).toBe("live");
    await deliver(frames[1]);
    expect(posts("rows").length).toBe(2);
    expect(socket().sent).toEqual([]);
  });

  test("the counts of the first picture are sent before the picture is live", async () => {
    session.pulse();
    await deliver(frames[0]);
    const told = posted.findIndex(
      (message) => message.type === "connection" && message.connection.pictureTimeMs !== null,
    );
    const counted = posted.slice(0, told).findLast((message) => message.type === "pulse");
    expect(counted?.type === "pulse" && counted.statistics.total).toBeGreaterThan(0);
    await deliver(frames[1]);
    expect(posts("pulse").length).toBe(2);
  });

  test("a gap asks for key frames once, and the picture waits", async () => {
    await deliver(frames[0]);
    await deliver(frames[2]);
    await deliver(frames[3]);
    expect(socket().sent).toEqual(['{"type":"resync"}']);
    expect(posts("rows").length).toBe(1);
  });

  test("a damaged frame asks for key frames and does not change the picture", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    await deliver(frames[0]);
    const damaged = frames[1].slice();
    damaged.fill(0xff, 60, 70);
    await deliver(damaged);
    await deliver(frames[1]);
    expect(socket().sent).toEqual(['{"type":"resync"}']);
    expect(posts("rows").length).toBe(2);
  });

  test("a frame of a newer version gives a message instead of a loop", async () => {
    const later = frames[0].slice();
    later[3] = FRAME_VERSION + 1;
    await deliver(later);
    expect(connection()?.phase).toBe("outdated");
    expect(socket().isClosed).toBe(true);
  });

  test("after a loss it asks to continue where it was", async () => {
    await deliver(frames[0]);
    await deliver(frames[1]);
    socket().onclose?.({ code: 1012, reason: "" });
    expect(connection()).toMatchObject({ phase: "reconnecting", lost: { meaning: "restarting" } });
    session.receive({ type: "hurry" });
    expect(new URL(socket().url).searchParams.get("since")).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test("three silent ticks make the picture stale, the next frame makes it fresh", async () => {
    await deliver(frames[0]);
    nowMs += 3_001;
    session.pulse();
    expect(connection()?.isStale).toBe(true);
    await deliver(frames[1]);
    expect(connection()?.isStale).toBe(false);
  });

  test("stale shards are reported", async () => {
    await deliver(frames[0]);
    socket().onmessage?.({ data: '{"type":"state","stale_shards":[0],"viewers":4,"server_time_ms":1000000}' });
    expect(connection()).toMatchObject({ isStale: true, viewers: 4 });
  });

  test("after a rejected token it waits for another, and uses it at once", async () => {
    await deliver(frames[0]);
    nowMs += 60_000;
    socket().onclose?.({ code: 4401, reason: "the token has expired" });
    session.receive({ type: "hold", reason: "expired" });
    expect(connection()).toMatchObject({ phase: "reconnecting", lost: { meaning: "not_allowed" }, retryAtMs: null });
    expect(sockets.length).toBe(1);
    session.receive({ type: "token", token: "a.b.c" });
    expect(sockets.length).toBe(2);
  });

  test("the delay of positions is reported, but not of key frames, which repeat old ones", async () => {
    await deliver(frames[0]);
    session.pulse();
    await deliver(frames[1]);
    session.pulse();
    const [, first, second] = posts("pulse").map((message) => (message.type === "pulse" ? message.latency : null));
    expect(first).toBeNull();
    expect(second?.medianMs).toBeGreaterThan(0);
    expect(second?.p99Ms).toBeGreaterThanOrEqual(second?.medianMs as number);
  });

  test("filters change what is shown without a frame", async () => {
    await deliver(frames[0]);
    session.receive({ type: "filter", filters: { ...NO_FILTERS, text: "nothing has this name" } });
    const shown = posted.findLast((message) => message.type === "shown");
    expect(shown?.type === "shown" && shown.shown.every((value) => value === 0)).toBe(true);
  });

  test("the selected aircraft's trail and the table's order are sent on request", async () => {
    await deliver(frames[0]);
    expect(posts("order")).toEqual([]);
    session.receive({ type: "sort", order: { column: "icao24", direction: "ascending" } });
    session.receive({ type: "select", icao24: 1 });
    expect(posts("order").length).toBe(1);
    expect(posts("trail").length).toBe(1);
  });
});
