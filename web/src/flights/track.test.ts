// The gateway's track of one aircraft: how it is requested, read, and joined with the page's own points.

import { NULL_VALUE } from "@flighttracker/client";
import { afterEach, describe, expect, test, vi } from "vitest";
import { EarlierTrack } from "./earlierTrack";
import { joinedTrail } from "./joinedTrail";
import { loadTrack, parseTrack, trailOf } from "./track";
import { TRAIL_ON_GROUND } from "./trailLayout";

const START_MS = 1_750_000_000_000;
const point = (changes: Record<string, unknown> = {}) => ({
  position_time_ms: START_MS,
  latitude_deg: 50,
  longitude_deg: 8,
  baro_altitude_m: null,
  ground_speed_mps: null,
  on_ground: false,
  ...changes,
});
const answer = {
  icao24: "3c6444",
  points: [
    point({ position_time_ms: START_MS + 2_000, latitude_deg: 50.1, baro_altitude_m: 304.8, ground_speed_mps: 100 }),
    point({ on_ground: true }),
    point({ position_time_ms: START_MS + 4_000, latitude_deg: 50.2 }),
  ],
};

afterEach(() => vi.unstubAllGlobals());

test("it is read oldest first, in feet and knots", () => {
  const [first, second, third] = parseTrack(answer);
  expect([first?.timeMs, second?.timeMs, third?.timeMs]).toEqual([START_MS, START_MS + 2_000, START_MS + 4_000]);
  expect([first?.isOnGround, third?.isOnGround]).toEqual([true, false]);
  expect(second?.altitudeFt).toBeCloseTo(1_000, 6);
  expect(second?.speedKt).toBeCloseTo(194.38, 2);
  expect([third?.altitudeFt, third?.speedKt]).toEqual([null, null]);
});

test("as a trail it has altitudes in stored units", () => {
  expect([...trailOf(parseTrack(answer))]).toEqual([
    ...[START_MS, 50, 8, TRAIL_ON_GROUND],
    ...[START_MS + 2_000, 50.1, 8, 40],
    ...[START_MS + 4_000, 50.2, 8, NULL_VALUE],
  ]);
});

test("an invalid answer has no points", () => {
  const points = [
    point({ latitude_deg: 91 }),
    point({ longitude_deg: -181 }),
    point({ position_time_ms: "now" }),
    5,
    null,
    [],
  ];
  for (const value of [null, 17, {}, { points: "none" }, { points }]) expect(parseTrack(value).length).toBe(0);
});

test("it ends where the page's own begins", () => {
  const own = Float64Array.of(START_MS + 2_000, 1, 1, 1, START_MS + 3_000, 2, 2, 2);
  const earlier = trailOf(parseTrack(answer));
  expect([...joinedTrail(earlier, own)]).toEqual([START_MS, 50, 8, TRAIL_ON_GROUND, ...own]);
  expect(joinedTrail(earlier, new Float64Array(0)).length).toBe(12);
  expect([...joinedTrail(earlier, own, own.length / 4 + 1)]).toEqual([START_MS, 50, 8, TRAIL_ON_GROUND, ...own]);
  expect([...joinedTrail(earlier, own, own.length / 4)]).toEqual([...own]);
});

describe("loading", () => {
  const load = (token = "") =>
    loadTrack({ url: "ws://gateway:1/ws", token }, 0x3c6444, null, new AbortController().signal);

  test("asks the gateway of the socket, with the token if there is one", async () => {
    const fetched = vi.fn(async (_url: URL, _options: RequestInit) => Response.json(answer));
    vi.stubGlobal("fetch", fetched);
    expect((await load()).length).toBe(3);
    await load("a.b.c");
    expect(fetched.mock.calls[0]?.[0].href).toBe("http://gateway:1/api/v1/flights/3c6444/track");
    expect(fetched.mock.calls.map(([, { headers }]) => headers)).toEqual([{}, { Authorization: "Bearer a.b.c" }]);
  });

  test("a gateway without a track gives none", async () => {
    vi.stubGlobal("fetch", async () => new Response("", { status: 404 }));
    expect(await load()).toEqual([]);
  });

  test("an unreachable gateway gives no track, and is reported", async () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("no route")));
    expect(await load()).toEqual([]);
    expect(warned).toHaveBeenCalledOnce();
    warned.mockRestore();
  });

  test("happens once for each selection, and again with a new token while there is no track", async () => {
    let points: unknown[] = [];
    const fetched = vi.fn(async () => Response.json({ points }));
    vi.stubGlobal("fetch", fetched);
    const track = new EarlierTrack(() => ({ url: "ws://gateway:1/ws", token: "" }));
    track.select(0x3c6444);
    track.select(0x3c6444);
    await vi.waitFor(() => expect(fetched).toHaveBeenCalledTimes(1));
    points = answer.points;
    track.reload();
    await vi.waitFor(() => expect(track.pointsOf(0x3c6444).length).toBe(3));
    expect(track.trailOf(0x3c6444).length).toBe(12);
    track.reload();
    expect(fetched).toHaveBeenCalledTimes(2);
    expect(track.pointsOf(0xabcdef)).toEqual([]);
    track.select(null);
    expect(track.pointsOf(0x3c6444)).toEqual([]);
  });
});
