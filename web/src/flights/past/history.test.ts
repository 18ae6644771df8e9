import { afterEach, expect, test, vi } from "vitest";
import { gapAt, loadHistory, parseHistory } from "./history";

const ACCESS = { url: "ws://gateway:1/base/ws", token: "a.b.c" };
const answer = {
  from: 1_000,
  to: 9_000,
  gaps: [
    { from: 5_000, to: 6_000 },
    { from: 2_000, to: 3_000 },
    { from: 7_000, to: 7_000 },
  ],
  density: [
    { from: 3_000, aircraft: 7 },
    { from: 1_000, aircraft: 5 },
    { from: 4_000, aircraft: "many" },
  ],
};

afterEach(() => vi.unstubAllGlobals());

test("it is read in the order of time, and invalid entries are skipped", () => {
  expect(parseHistory(answer)).toEqual({
    fromMs: 1_000,
    toMs: 9_000,
    gaps: [
      { fromMs: 2_000, toMs: 3_000 },
      { fromMs: 5_000, toMs: 6_000 },
    ],
    density: [
      { fromMs: 1_000, aircraft: 5 },
      { fromMs: 3_000, aircraft: 7 },
    ],
  });
});

test("nothing kept yet, or another answer, is no history", () => {
  for (const value of [null, 5, {}, { from: null, to: null, gaps: [], density: [] }, { from: 5, to: 5 }]) {
    expect(parseHistory(value)).toBeNull();
  }
});

test("a gap includes its beginning and not its end", () => {
  const history = parseHistory(answer);
  if (history === null) throw new Error("no history");
  expect([1_999, 2_000, 2_999, 3_000].map((timeMs) => gapAt(history, timeMs)?.toMs ?? null)).toEqual([
    null,
    3_000,
    3_000,
    null,
  ]);
});

test("a tracker without one is told from a gateway that does not answer", async () => {
  const fetched = vi.fn(async (_url: URL, _options: RequestInit) => Response.json({}, { status: 404 }));
  vi.stubGlobal("fetch", fetched);
  expect(await loadHistory(ACCESS)).toBe("not kept");
  expect(fetched.mock.calls[0]?.[0].href).toBe("http://gateway:1/base/api/v1/history");
  expect(fetched.mock.calls[0]?.[1].headers).toEqual({ Authorization: "Bearer a.b.c" });
  vi.stubGlobal("fetch", async () => Response.json({}, { status: 503 }));
  expect(await loadHistory(ACCESS)).toBeNull();
  vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("no route")));
  expect(await loadHistory(ACCESS)).toBeNull();
});
