// Which names are asked for, and which answers count.
import { beforeEach, expect, test, vi } from "vitest";
import { type FlightNames, MOST_ASKED, NameRequests, type NamesAnswer, type NamesQuestion, parseNames } from "./names";

let asked: NamesQuestion[];
let shown: Map<number, string>;
let answer: (names: readonly FlightNames[], version?: string, isWhole?: boolean) => Promise<void>;
let fail: () => Promise<void>;
let requests: NameRequests;

beforeEach(() => {
  asked = [];
  shown = new Map();
  const settled = () => new Promise<void>((done) => setTimeout(done));
  requests = new NameRequests(
    (question) => {
      asked.push(question);
      return new Promise<NamesAnswer>((resolve, reject) => {
        answer = (names, version = "a-1", isWhole = question === "all") => {
          resolve({ version, isWhole, names });
          return settled();
        };
        fail = () => {
          reject(new Error("HTTP 503"));
          return settled();
        };
      });
    },
    (names) => {
      for (const { icao24, callsign } of names) shown.set(icao24, callsign);
    },
  );
});

function named(icao24: number, callsign: string): FlightNames {
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
  return { icao24, callsign, ...rest };
}

/** All names were asked for and answered at 0. */
async function withAll(...known: readonly FlightNames[]): Promise<void> {
  requests.wantsAll = true;
  requests.ask(0);
  await answer(known);
}

test("only what is in sight is asked for, one request at a time, and nothing twice", async () => {
  requests.need([1, 2, 3], 0);
  requests.ask(0);
  expect(asked).toEqual([]);
  requests.see([3, 9]);
  requests.ask(0);
  requests.ask(0);
  expect(asked).toEqual([{ icao24: [3] }]);
  await answer([named(3, "C")]);
  requests.ask(1_000);
  expect([...shown]).toEqual([[3, "C"]]);
});

test("in sight are as many as a request may have", () => {
  const many = Array.from({ length: 2_000 }, (_, i) => i);
  requests.need(many, 0);
  requests.see(many);
  requests.ask(0);
  expect((asked[0] as { icao24: number[] }).icao24.length).toBe(MOST_ASKED);
});

test("all are asked for once, then what changed, and newcomers by their addresses", async () => {
  requests.need([1, 2], 0);
  await withAll(named(1, "A"), named(2, "B"));
  requests.ask(19_999);
  expect(asked).toEqual(["all"]);
  requests.ask(20_000);
  expect(asked.at(-1)).toEqual({ since: "a-1" });
  await answer([named(1, "A2")], "a-2");
  expect(shown.get(1)).toBe("A2");
  requests.need([5], 21_000);
  requests.ask(24_999);
  expect(asked.length).toBe(2);
  requests.ask(25_000);
  expect(asked.at(-1)).toEqual({ icao24: [5] });
  await answer([named(5, "E")]);
  requests.need([6], 27_000);
  requests.see([6]);
  requests.ask(27_000);
  expect(asked.at(-1)).toEqual({ icao24: [6] });
  await answer([named(6, "F")]);
  requests.doubt();
  requests.ask(27_001);
  expect(asked.at(-1)).toEqual({ since: "a-2" });
});

test("many newcomers at once are asked for with all others", async () => {
  await withAll();
  requests.need(
    Array.from({ length: MOST_ASKED + 1 }, (_, i) => i),
    0,
  );
  requests.ask(5_000);
  expect(asked.at(-1)).toBe("all");
});

test("changes are not asked for any more where each request comes to another gateway", async () => {
  await withAll();
  for (const nowMs of [20_000, 40_000]) {
    requests.ask(nowMs);
    await answer([], "b-1", true);
  }
  requests.ask(59_999);
  expect(asked.length).toBe(3);
  requests.see([7]);
  requests.ask(100_000);
  expect(asked.at(-1)).toEqual({ icao24: [7] });
});

test("an aircraft that leaves and comes back is another one: an answer about the former does not count", async () => {
  requests.need([1], 0);
  requests.see([1]);
  requests.ask(0);
  requests.forget([1]);
  requests.need([1], 0);
  await answer([named(1, "FORMER")]);
  expect(shown.size).toBe(0);
  requests.ask(0);
  await answer([named(1, "PRESENT")]);
  expect(shown.get(1)).toBe("PRESENT");
});

test("what has no names, or whose request failed, is asked for again, unless it left", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  await withAll();
  requests.need([1, 2], 0);
  requests.ask(5_000);
  await answer([]);
  requests.ask(9_999);
  expect(asked.length).toBe(2);
  requests.ask(10_000);
  expect(asked.at(-1)).toEqual({ icao24: [1, 2] });
  requests.forget([2]);
  await fail();
  requests.ask(15_000);
  expect(asked.at(-1)).toEqual({ icao24: [1] });
});

test("an answer has columns; what is no address or no text is left out", () => {
  const columns = {
    icao24: ["3c0003", "XYZ", 7],
    callsign: ["DLH1", "A", "B"],
    aircraft_type: [5],
    operator: "no list",
  };
  const version = { version: "a-1", is_whole: true };
  expect(parseNames({ ...version, ...columns })).toEqual({
    version: "a-1",
    isWhole: true,
    names: [named(0x3c0003, "DLH1")],
  });
  expect(parseNames({ icao24: ["3c0003"], origin_country: ["Germany"] }).names[0]).toMatchObject({
    country: "Germany",
  });
  for (const broken of [null, 5, {}, { icao24: "3c0003" }]) expect(parseNames(broken).names).toEqual([]);
});
