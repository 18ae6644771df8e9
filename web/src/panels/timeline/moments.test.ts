import { expect, test, vi } from "vitest";
import { fieldValue, lastNightMs, MomentWords, momentFromQuery, momentText, timeOfField } from "./moments";

const TIME_MS = Date.UTC(2026, 10, 28, 21, 4, 5);

test("a link holds the moment to the second, and nothing else is one", () => {
  expect(momentText(TIME_MS + 400)).toBe("2026-11-28T21:04:05Z");
  expect(momentFromQuery(`?view=map&time=${momentText(TIME_MS)}`)).toBe(TIME_MS);
  expect(momentFromQuery("?time=2026-11-28T21:04Z")).toBe(TIME_MS - 5_000);
  expect(momentFromQuery("?time=2026-11-28T21:04:05.250Z")).toBe(TIME_MS + 250);
  for (const query of [
    "?time=2026-11-28T22:04:05%2B01:00",
    "?time=2026-11-28T22:04:05+01:00",
    "?time=2026-11-28T16:04:05-05:00",
  ]) {
    expect(momentFromQuery(query)).toBe(TIME_MS);
  }
  for (const query of [
    "",
    "?time=",
    "?time=2026-11-28T21:04:05",
    "?time=2026-11-28T21:04:05+01:00+01:00",
    "?time=yesterday",
    "?time=2026-13-28T21:04Z",
    "?time=1764363845000",
  ]) {
    expect(momentFromQuery(query)).toBeNull();
  }
});

test("a field for date and time is read as it was written, in both clocks", () => {
  for (const isUtc of [true, false]) expect(timeOfField(fieldValue(TIME_MS, isUtc), isUtc)).toBe(TIME_MS);
  expect(fieldValue(TIME_MS, true)).toBe("2026-11-28T21:04:05");
  expect(timeOfField("", true)).toBeNull();
});

test("a clock that shows UTC is not written twice", () => {
  const local = vi.spyOn(Date.prototype, "toTimeString");
  const words = new MomentWords("en");
  local.mockReturnValue("21:04:05 GMT+0000 (Coordinated Universal Time)");
  expect(words.both(TIME_MS)).toBe(words.utc(TIME_MS));
  local.mockReturnValue("22:04:05 GMT+0100 (Central European Standard Time)");
  expect(words.both(TIME_MS)).toBe(`22:04:05 · ${words.utc(TIME_MS)}`);
  local.mockRestore();
});

test("UTC is written beside the local time, in every language", () => {
  for (const language of ["en", "de", "fr"] as const) {
    const words = new MomentWords(language);
    expect(words.utc(TIME_MS)).toMatch(/21:04:05 UTC$/);
    expect(words.full(TIME_MS)).toContain("2026");
  }
});

test("last night is ten in the evening before today", () => {
  const evening = new Date(lastNightMs(TIME_MS));
  expect([evening.getHours(), evening.getMinutes()]).toEqual([22, 0]);
  expect(TIME_MS - evening.getTime()).toBeGreaterThan(0);
});
