// The past's session, from wishes to rows, with the key frame of the vectors as the answer of the history.
import { beforeEach, describe, expect, test, vi } from "vitest";
import { NO_FILTERS } from "../filters";
import type { FromPastWorker, ShownMoment, ToPastWorker } from "./pastMessages";
import { PastSession } from "./pastSession";
import { deltaFrame, keyFrameAt } from "./testMoments";

const START_MS = 1_750_000_020_000;
const STEP_MS = 30_000;
const END_MS = START_MS + 3_600_000;
const ACCESS = { url: "ws://gateway:1/ws", token: "a.b.c" };

let posted: FromPastWorker[];
let later: (() => void)[];
let session: PastSession;
let asked: {
  fromMs: number;
  toMs: number;
  stepS: number;
  signal: AbortSignal;
  headers: unknown;
  bbox: string | null;
}[];
let answer: (fromMs: number, toMs: number) => Response | Promise<Response>;

const moments = () => posted.filter((message): message is ShownMoment => message.type === "moment");
const failures = () => posted.flatMap((message) => (message.type === "failure" ? [message.failure] : []));
const wish = (changes: Partial<Extract<ToPastWorker, { type: "show" }>> = {}) =>
  session.receive({
    type: "show",
    access: ACCESS,
    atMs: START_MS,
    stepMs: STEP_MS,
    ahead: 2,
    endMs: END_MS,
    area: null,
    ...changes,
  });

function frames(fromMs: number, toMs: number): Response {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let at = fromMs; at <= toMs; at += STEP_MS) parts.push(keyFrameAt(at));
  return new Response(Buffer.concat(parts));
}

beforeEach(() => {
  posted = [];
  later = [];
  asked = [];
  answer = frames;
  session = new PastSession((message) => posted.push(message), {
    after: (_ms, action) => {
      later.push(action);
      return () => {
        later = later.filter((other) => other !== action);
      };
    },
  });
  vi.stubGlobal("fetch", async (url: URL, { signal, headers }: { signal: AbortSignal; headers: unknown }) => {
    const number = (name: string) => Number(url.searchParams.get(name));
    const [fromMs, toMs] = [number("from"), number("to")];
    asked.push({ fromMs, toMs, stepS: number("step_s"), signal, headers, bbox: url.searchParams.get("bbox") });
    return answer(fromMs, toMs);
  });
});

describe("a wish", () => {
  test("brings the rows of its moment once that and the next one are there", async () => {
    wish({ atMs: START_MS + 7_000 });
    await vi.waitFor(() => expect(moments().length).toBe(1));
    const [{ timeMs, nextMs, update, statistics }] = moments() as [ShownMoment];
    expect([timeMs, nextMs]).toEqual([START_MS, START_MS + STEP_MS]);
    expect(update.rowCount).toBe(300);
    expect(statistics.total).toBe(300);
    expect(asked[0]).toMatchObject({ fromMs: START_MS, toMs: START_MS + 2 * STEP_MS, stepS: 30 });
    expect(asked[0]?.headers).toEqual({ Authorization: "Bearer a.b.c" });
  });

  test("is answered from what is loaded, and asks only for what is missing", async () => {
    wish();
    await vi.waitFor(() => expect(moments().length).toBe(1));
    wish({ atMs: START_MS + STEP_MS });
    await vi.waitFor(() => expect(moments().length).toBe(2));
    expect(asked.length).toBe(1);
    wish({ atMs: START_MS + 2 * STEP_MS });
    await vi.waitFor(() => expect(moments().length).toBe(3));
    expect(asked[1]).toMatchObject({ fromMs: START_MS + 3 * STEP_MS, toMs: START_MS + 4 * STEP_MS });
    wish({ atMs: START_MS });
    await vi.waitFor(() => expect(moments().length).toBe(4));
    expect(asked.length).toBe(2);
  });

  test("elsewhere cancels the request that does not answer it", async () => {
    answer = () => new Promise<Response>(() => {});
    wish();
    await vi.waitFor(() => expect(asked.length).toBe(1));
    answer = frames;
    wish({ atMs: START_MS + 600_000 });
    await vi.waitFor(() => expect(moments().length).toBe(1));
    expect(asked[0]?.signal.aborted).toBe(true);
    expect(moments()[0]?.timeMs).toBe(START_MS + 600_000);
  });

  test("at the end of the history is answered without the next moment", async () => {
    wish({ endMs: START_MS + 5_000 });
    await vi.waitFor(() => expect(moments().length).toBe(1));
    expect(asked).toMatchObject([{ fromMs: START_MS, toMs: START_MS }]);
  });

  test("in a gap shows no aircraft, and is not asked for again", async () => {
    answer = () => new Response(new Blob([]));
    wish();
    await vi.waitFor(() => expect(moments().length).toBe(1));
    expect(moments()[0]?.statistics.total).toBe(0);
    wish();
    await vi.waitFor(() => expect(moments().length).toBe(2));
    expect(asked.length).toBe(1);
  });
});

test("filters apply at once, without another request", async () => {
  wish();
  await vi.waitFor(() => expect(moments().length).toBe(1));
  const requests = asked.length;
  session.receive({ type: "filter", filters: { ...NO_FILTERS, text: "no such callsign" } });
  expect(moments().at(-1)?.statistics).toMatchObject({ shown: 0, total: 300 });
  expect(asked.length).toBe(requests);
});

test("trails come from the moments before, which are loaded for them", async () => {
  const area = { west: 0, east: 1, north: 0, south: 1 };
  wish({ ahead: 1 });
  await vi.waitFor(() => expect(moments().length).toBe(1));
  session.receive({ type: "trails", area, mostPoints: 100_000, untilMs: START_MS });
  await vi.waitFor(() => expect(posted.filter(({ type }) => type === "trails").length).toBeGreaterThanOrEqual(2));
  expect(asked.some(({ fromMs }) => fromMs < START_MS)).toBe(true);
  const last = posted.findLast((message) => message.type === "trails");
  // Of 300 aircraft: the present place, the moments before, a break.
  expect(last?.type === "trails" && last.trails.points.length / 4).toBeGreaterThan(300 * 3);
});

describe("a history that fails", () => {
  test("is reported with its reason, asked again, and reported as working", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    answer = () => Response.json({ detail: "Too many at once." }, { status: 429 });
    wish();
    await vi.waitFor(() => expect(failures()).toEqual([{ status: 429, detail: "Too many at once." }]));
    expect(asked.length).toBe(1);
    answer = frames;
    later[0]?.();
    await vi.waitFor(() => expect(moments().length).toBe(1));
    await vi.waitFor(() => expect(failures().at(-1)).toBeNull());
  });

  test("with a damaged or a wrong frame shows nothing of it", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    for (const bytes of [keyFrameAt(START_MS).slice(0, 100), deltaFrame(), Uint8Array.of(1, 2, 3)]) {
      session.receive({ type: "leave" });
      posted = [];
      answer = () => new Response(new Blob([bytes]));
      wish();
      await vi.waitFor(() => expect(failures().at(-1)?.status).toBe(0));
      expect(moments()).toEqual([]);
    }
  });
});

describe("a wish with an area", () => {
  const AREA = { west: 0, south: 40, east: 10, north: 55 };
  const BBOX = "0.0000,40.0000,10.0000,55.0000";
  const steps = ({ fromMs, toMs, bbox }: (typeof asked)[number]) => [
    bbox,
    (fromMs - START_MS) / STEP_MS,
    (toMs - START_MS) / STEP_MS,
  ];

  test("loads the world of its moment, then the area only, and the world again every six steps", async () => {
    wish({ ahead: 16, area: AREA });
    await vi.waitFor(() => expect(asked).toHaveLength(3));
    expect(asked.map(steps)).toEqual([
      [null, 0, 0],
      [BBOX, 0, 16],
      [null, 6, 6],
    ]);
    await vi.waitFor(() => expect(moments()).toHaveLength(1));
    wish({ atMs: START_MS + 3 * STEP_MS, ahead: 2, area: AREA });
    await vi.waitFor(() => expect(moments()).toHaveLength(2));
    expect(moments()[1]?.statistics.total).toBe(300);
    expect(asked).toHaveLength(3);
  });

  test("asks for another area when the view has moved, and keeps the world", async () => {
    wish({ area: AREA });
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    wish({ area: { ...AREA, west: 20, east: 30 } });
    await vi.waitFor(() => expect(asked).toHaveLength(3));
    expect(asked[2]?.bbox).toBe("20.0000,40.0000,30.0000,55.0000");
    wish({ area: null });
    await vi.waitFor(() => expect(asked).toHaveLength(4));
    expect(asked[3] && steps(asked[3])).toEqual([null, 1, 2]);
  });
});
