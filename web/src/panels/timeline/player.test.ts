// The player's clock, its wishes to the worker, and what it gives to the client, with a PastSession in the worker's place.
import { type Frame, NAME_COLUMNS, NameTable, splitFrames } from "@flighttracker/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { FlightsClient, ShownInstead } from "@/flights/client";
import { NO_FILTERS } from "@/flights/filters";
import type { Area } from "@/flights/past/area";
import { decodeMoment } from "@/flights/past/moment";
import type { FromPastWorker, ToPastWorker } from "@/flights/past/pastMessages";
import { PastSession } from "@/flights/past/pastSession";
import { keyFrameAt } from "@/flights/past/testMoments";
import { stepMsFor } from "./playback";
import { PastPlayer, type PastWorker } from "./player";

const STEP_MS = 10_000;
const FEW_TURNS = 30;
const LONGEST_MS = 2_000;
const FROM_MS = 1_750_000_000_000;
const TO_MS = FROM_MS + 3_600_000;
const GAP = { from: FROM_MS + 600_000, to: FROM_MS + 1_200_000 };

let shown: ShownInstead | null;
let wishes: Extract<ToPastWorker, { type: "show" }>[];
let player: PastPlayer;
let frame: (() => void) | null;
let nowMs: number;
let holds: boolean;
let deliver: () => void;
let isOwed: boolean;
let isKept: boolean;
let view: Area | null;
let fromMs: number;

const client = {
  access: { url: "ws://gateway:1/ws", token: "" },
  earlier: { continueBack: vi.fn() },
  serverTimeMs: () => TO_MS + 120_000,
  showInstead: (picture: ShownInstead | null) => {
    shown = picture;
  },
  showTrails: vi.fn(),
};

/** Let time pass, in steps of an animation frame. */
async function pass(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 50) {
    nowMs += 50;
    frame?.();
    await settle();
  }
}

/** Let time pass until something is reached, at most so long: answers take real time, which the player's clock has not. */
async function passUntil(isReached: () => boolean, mostMs: number): Promise<void> {
  for (let passed = 0; passed < mostMs && !isReached(); passed += 50) {
    await pass(50);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Until the moment is shown and the one after it is prepared, or as long as an answer takes. */
async function settle(): Promise<void> {
  const untilMs = Date.now() + (holds ? 0 : LONGEST_MS);
  for (let i = 0; i < FEW_TURNS || ((isOwed || player.getState().isWaiting) && Date.now() < untilMs); i++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function answerOf(url: URL): Response {
  if (url.pathname.endsWith("/history")) {
    if (!isKept) return Response.json({}, { status: 404 });
    return Response.json({ from: fromMs, to: TO_MS, gaps: [GAP], density: [] });
  }
  const number = (name: string) => Number(url.searchParams.get(name));
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let at = number("from"); at <= number("to"); at += 1000 * number("step_s")) parts.push(keyFrameAt(at));
  return new Response(Buffer.concat(parts));
}

beforeEach(async () => {
  shown = null;
  wishes = [];
  frame = null;
  nowMs = 0;
  holds = false;
  isOwed = false;
  isKept = true;
  view = null;
  fromMs = FROM_MS;
  vi.spyOn(performance, "now").mockImplementation(() => nowMs);
  vi.stubGlobal("fetch", async (url: URL) => answerOf(url));
  vi.stubGlobal("requestAnimationFrame", (callback: () => void) => {
    frame = callback;
    return 1;
  });
  vi.stubGlobal("cancelAnimationFrame", () => {
    frame = null;
  });
  player = new PastPlayer(
    client as unknown as FlightsClient,
    () => {},
    sessionAsWorker,
    () => view,
  );
  await player.watchHistory();
});

afterEach(() => {
  player.close();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function sessionAsWorker(): PastWorker {
  const waiting: FromPastWorker[] = [];
  const worker: PastWorker = {
    onmessage: null,
    postMessage: (message: ToPastWorker) => {
      if (message.type === "show") wishes.push(message);
      isOwed = message.type === "show" || (isOwed && message.type !== "leave");
      session.receive(message);
    },
    terminate: () => {},
  };
  deliver = () => {
    if (!holds) for (const data of waiting.splice(0)) worker.onmessage?.({ data } as MessageEvent<FromPastWorker>);
  };
  const session = new PastSession(
    (message) => {
      waiting.push(message);
      if (message.type === "moment") isOwed = false;
      queueMicrotask(deliver);
    },
    { after: () => () => {} },
  );
  return worker;
}

describe("playing", () => {
  test("shows one moment after the other, at the chosen speed", async () => {
    player.begin(FROM_MS + STEP_MS);
    await settle();
    expect(shown).toBe(player);
    expect(player.getState()).toMatchObject({ isOn: true, isPlaying: true, isWaiting: false });
    expect(player.getState().statistics?.total).toBe(300);
    player.setSpeed(10);
    const version = player.getState().version;
    await pass(4_000);
    expect(player.timeMs() - FROM_MS - STEP_MS).toBeGreaterThan(35_000);
    expect(player.timeMs() - FROM_MS - STEP_MS).toBeLessThan(41_000);
    expect(player.rows.referenceMs).toBeGreaterThanOrEqual(FROM_MS + 4 * STEP_MS);
    expect(player.getState().version).toBeGreaterThan(version + 3);
  });

  test("waits for a moment that is late, and does not make up for it", async () => {
    player.begin(FROM_MS + STEP_MS);
    await settle();
    player.setSpeed(10);
    holds = true;
    await pass(5_000);
    const waitedAtMs = player.timeMs();
    expect(waitedAtMs).toBeLessThanOrEqual(FROM_MS + 3 * STEP_MS);
    expect(player.getState().isWaiting || waitedAtMs === player.rows.referenceMs + STEP_MS).toBe(true);
    await pass(5_000);
    expect(player.timeMs()).toBe(waitedAtMs);
    holds = false;
    deliver();
    await passUntil(() => player.timeMs() > waitedAtMs, 20_000);
    expect(player.timeMs() - waitedAtMs).toBeLessThan(10_000);
    expect(player.timeMs()).toBeGreaterThan(waitedAtMs);
  });

  test("continues behind a gap", async () => {
    player.begin(GAP.from - 1_000);
    await settle();
    await pass(2_500);
    expect(player.timeMs()).toBeGreaterThanOrEqual(GAP.to);
    expect(player.timeMs()).toBeLessThan(GAP.to + 3_000);
  });

  test("becomes the present at the end of what is kept", async () => {
    player.begin(TO_MS - 2_000);
    await settle();
    await pass(3_000);
    expect(player.getState().isOn).toBe(false);
    expect(shown).toBeNull();
    expect(player.timeMs()).toBe(client.serverTimeMs());
  });

  test("loads longer steps at higher speeds", async () => {
    player.begin(FROM_MS + 60_000);
    player.setSpeed(60);
    await settle();
    expect(wishes.at(-1)?.stepMs).toBe(stepMsFor(60));
    expect(stepMsFor(60)).toBeGreaterThan(stepMsFor(1));
    await passUntil(() => player.timeMs() - FROM_MS > 120_000, 20_000);
    expect(player.timeMs() - FROM_MS).toBeGreaterThan(120_000);
  });
});

test("a pause stands still at the moment, and a seek shows another one", async () => {
  player.begin(FROM_MS + STEP_MS);
  await settle();
  player.play(false);
  const atMs = player.timeMs();
  await pass(1_000);
  expect(player.timeMs()).toBe(atMs);
  player.seek(FROM_MS + 10 * STEP_MS + 4_000);
  await settle();
  expect(player.timeMs()).toBe(FROM_MS + 10 * STEP_MS + 4_000);
  expect(player.rows.referenceMs).toBe(FROM_MS + 10 * STEP_MS);
  player.seek(0);
  await settle();
  expect(player.timeMs()).toBe(FROM_MS);
});

test("names are those of the frame, also with a second moment", async () => {
  const names = new NameTable();
  const [frame] = splitFrames(keyFrameAt(FROM_MS + STEP_MS));
  const moment = await decodeMoment(frame as Frame, names);
  player.begin(FROM_MS + STEP_MS, false);
  await settle();
  player.seek(FROM_MS + 3 * STEP_MS);
  await settle();
  for (const i of [0, 150, moment.count - 1]) {
    const row = player.rows.rowOf(moment.icao24[i] as number);
    expect(NAME_COLUMNS.map((column) => player.rows.nameOf(row, column))).toEqual(
      moment.nameNumbers.map((column) => names.names[column[i] as number]),
    );
  }
});

test("while a person drags, only what is looked at is loaded", async () => {
  player.begin(FROM_MS + STEP_MS, false);
  await settle();
  player.setDragging(true);
  player.seek(FROM_MS + 50 * STEP_MS);
  expect(wishes.at(-1)?.ahead).toBe(1);
  player.setDragging(false);
  player.play(true);
  await settle();
  expect(wishes.at(-1)?.ahead).toBeGreaterThan(5);
});

test("of a close view moments are loaded around it, and again when the map shows another part of the world", async () => {
  view = { west: 8, south: 49.5, east: 9, north: 50.5 };
  player.begin(FROM_MS + STEP_MS, false);
  await settle();
  const area = { west: 7.5, south: 49, east: 9.5, north: 51 };
  expect(wishes.map((wish) => wish.area)).toEqual([area]);
  view = { ...view, east: 9.2 };
  player.lookAround();
  expect(wishes).toHaveLength(1);
  view = { west: 20, south: 49.5, east: 21, north: 50.5 };
  player.lookAround();
  expect(wishes.at(-1)).toMatchObject({ atMs: FROM_MS + STEP_MS, area: { west: 19.5, east: 21.5 } });
  await settle();
  expect(player.getState()).toMatchObject({ isOn: true, isWaiting: false });
});

test("filters count in the past as well", async () => {
  player.begin(FROM_MS + STEP_MS, false);
  await settle();
  player.filter({ ...NO_FILTERS, text: "no such callsign" });
  await settle();
  expect(player.getState().statistics).toMatchObject({ shown: 0, total: 300 });
  player.end();
  expect(player.rows.present.includes(1)).toBe(false);
  player.begin(FROM_MS + STEP_MS, false);
  await settle();
  expect(player.getState().statistics?.shown).toBe(0);
});

test("a tracker without a history has no past, and is not asked again", async () => {
  isKept = false;
  const other = new PastPlayer(
    client as unknown as FlightsClient,
    () => {},
    sessionAsWorker,
    () => view,
  );
  const timers = vi.spyOn(globalThis, "setTimeout");
  await other.watchHistory();
  expect(other.begin()).toBe(false);
  expect(timers).not.toHaveBeenCalled();
  other.close();
});

test("a short history is not begun at its first moment, when nobody has been heard", async () => {
  fromMs = TO_MS - 120_000;
  const other = new PastPlayer(
    client as unknown as FlightsClient,
    () => {},
    sessionAsWorker,
    () => view,
  );
  await other.watchHistory();
  other.begin(null, false);
  expect(other.timeMs()).toBe(TO_MS - 90_000);
  other.close();
});
