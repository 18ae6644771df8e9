// The line for each source, and the one over the map.
import { describe, expect, test } from "vitest";
import { parseSources, SOURCE_STATES, type Source } from "@/flights/sources";
import { Formats } from "@/texts/formats";
import { ENGLISH, LANGUAGES, loadTexts } from "@/texts/language";
import { sourceBanner, sourceLines } from "./sourceWords";

const NOW_MS = 1_750_000_000_000;
const formats = new Formats("aviation", "en", "–");
const source = (change: Partial<Source> = {}): Source => ({
  name: "roof",
  state: "fresh",
  sinceMs: NOW_MS - 300_000,
  nextRequestMs: null,
  aircraft: 12,
  ...change,
});
const banner = (...sources: Source[]) => sourceBanner({ timeMs: NOW_MS, sources }, ENGLISH.sources, formats);

describe("the line over the map", () => {
  test("names the sources with a problem, with how long they have had it", () => {
    expect(banner(source(), source({ name: "sky", state: "stopped" }), source({ name: "net", state: "late" }))).toBe(
      "sky: stopped: its answers no longer change (5\u00a0min) · net: no new answer (5\u00a0min)",
    );
  });
  test("is absent while all is well, and for a problem that just began", () => {
    expect(banner(source(), source({ state: "starting", sinceMs: null }))).toBeNull();
    expect(banner(source({ state: "unreachable", sinceMs: NOW_MS - 5_000 }))).toBeNull();
    expect(sourceBanner(null, ENGLISH.sources, formats)).toBeNull();
  });
  test("says how long a pause lasts", () => {
    expect(banner(source({ state: "rate_limited", nextRequestMs: NOW_MS + 600_000 }))).toBe(
      "roof: paused at the server’s request, 10\u00a0min left",
    );
  });
});

describe("every state", () => {
  test.each(LANGUAGES)("has words in %s", async (language) => {
    const { sources: texts } = await loadTexts(language);
    const sources = SOURCE_STATES.map((state) => source({ state, name: state }));
    const lines = sourceLines({ timeMs: NOW_MS, sources }, texts, formats);
    expect(new Set(lines.map(({ words }) => words)).size).toBe(SOURCE_STATES.length);
    expect(lines.find(({ name }) => name === "fresh")?.tone).toBe("good");
  });
});

describe("the answer of the gateway", () => {
  test("is read, with states of a newer gateway as unknown", () => {
    const sources = [{ name: "roof", state: "dancing", since_ms: 5, next_request_ms: null, aircraft: 3 }];
    expect(parseSources({ time_ms: NOW_MS, sources })).toEqual({
      timeMs: NOW_MS,
      sources: [{ name: "roof", state: "unknown", sinceMs: 5, nextRequestMs: null, aircraft: 3 }],
    });
  });
  test.each([null, [], "x", { time_ms: 1 }, { time_ms: "1", sources: [] }])(
    "is null if it is another: %j",
    (answer) => {
      expect(parseSources(answer)).toBeNull();
    },
  );
});
