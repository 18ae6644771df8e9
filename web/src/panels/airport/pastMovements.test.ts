import { afterEach, expect, test, vi } from "vitest";
import { QUARTER_HOUR_MS } from "./airportTraffic";
import { boxAround, landingsPerQuarterHour, loadMovements, parseMovements } from "./pastMovements";
import { joined } from "./usePastMovements";

const LANDING = {
  icao24: "3c6444",
  callsign: "DLH4YA",
  origin: "EGLL",
  destination: "EDDF",
  aircraft_type: "A320",
  position_time_ms: 5_000,
  movement: "landing",
};

afterEach(() => vi.unstubAllGlobals());

test("an answer is read, and what is invalid in it skipped", () => {
  const [landing, ...others] = parseMovements({ movements: [LANDING, null, { icao24: "x" }, { icao24: "00000a" }] });
  expect(others).toEqual([]);
  expect(landing).toEqual({
    ...{ icao24: 0x3c6444, isLanding: true, timeMs: 5_000, flight: "DLH4YA", origin: "EGLL", destination: "EDDF" },
    aircraftType: "A320",
  });
  expect(parseMovements("nonsense")).toEqual([]);
});

test("the box lies around the airport, also at the antimeridian", () => {
  expect(boxAround({ latitudeDeg: 60, longitudeDeg: 10 })).toBe("9.9100,59.9550,10.0900,60.0450");
  expect(boxAround({ latitudeDeg: 0, longitudeDeg: 179.99 })).toBe("179.9450,-0.0450,-179.9650,0.0450");
});

test("the gateway is asked with the token; without an answer there is nothing to show", async () => {
  const asked: [string, RequestInit][] = [];
  vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
    asked.push([String(url), init]);
    return new Response(JSON.stringify({ movements: [LANDING] }), { status: asked.length === 1 ? 200 : 503 });
  });
  const load = () =>
    loadMovements(
      { url: "wss://map.example.org/ws", token: "jwt" },
      { latitudeDeg: 0, longitudeDeg: 0 },
      { fromMs: 1, toMs: 2 },
      new AbortController().signal,
    );
  expect(await load()).toHaveLength(1);
  expect(await load()).toBeNull();
  expect(asked[0]?.[0]).toContain("/api/v1/history/movements?from=1&to=2&limit=2000&bbox=-0.0450");
  expect(asked[0]?.[1].headers).toEqual({ Authorization: "Bearer jwt" });
});

test("landings are counted by quarter hour", () => {
  const at = (minutes: number, isLanding = true) => ({
    ...parseMovements({ movements: [LANDING] })[0],
    isLanding,
    timeMs: minutes * 60_000,
  });
  const all = [at(0), at(14.9), at(15), at(31), at(16, false), at(200), at(-1)] as never;
  expect(landingsPerQuarterHour(all, 0, 4)).toEqual([2, 1, 1, 0]);
  expect(QUARTER_HOUR_MS).toBe(900_000);
});

test("a later answer replaces the end of an earlier one, and one elsewhere all of it", () => {
  const [movement] = parseMovements({ movements: [LANDING] });
  const at = (timeMs: number) => ({ ...movement, timeMs }) as NonNullable<typeof movement>;
  const before = { fromMs: 0, toMs: 100, movements: [at(90), at(60), at(10)] };
  expect(joined(before, { fromMs: 50, toMs: 120, movements: [at(110), at(90), at(60)] }, 20)).toEqual({
    ...{ fromMs: 20, toMs: 120, movements: [at(110), at(90), at(60)] },
  });
  const elsewhere = { fromMs: 500, toMs: 600, movements: [at(550)] };
  expect(joined(before, elsewhere, 500)).toEqual(elsewhere);
});
