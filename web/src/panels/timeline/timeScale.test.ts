import { expect, test } from "vitest";
import {
  type Bounds,
  containing,
  firstSpan,
  keyStepMs,
  keyTarget,
  moved,
  placeOf,
  SHORTEST_MS,
  ticksOf,
  timeAt,
  withPresent,
  zoomed,
} from "./timeScale";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = new Date(2026, 10, 28, 15, 7, 0).getTime();
const WEEK: Bounds = { firstMs: NOW_MS - 7 * DAY_MS, nowMs: NOW_MS };
const length = ({ fromMs, toMs }: { fromMs: number; toMs: number }) => toMs - fromMs;

test("it begins with the last day, the present near its right end", () => {
  const span = firstSpan(WEEK);
  expect(placeOf(span, NOW_MS)).toBeGreaterThan(0.94);
  expect(placeOf(span, NOW_MS)).toBeLessThan(1);
  expect(length(span)).toBeCloseTo(DAY_MS * 1.04, -3);
  // A tracker that runs for a minute has a timeline as well.
  expect(length(firstSpan({ firstMs: NOW_MS - 60_000, nowMs: NOW_MS }))).toBeGreaterThanOrEqual(SHORTEST_MS);
});

test("zooming keeps the moment under the pointer, down to minutes and out to all that is kept", () => {
  const span = firstSpan(WEEK);
  const closer = zoomed(span, 0.25, 0.3, WEEK);
  expect(timeAt(closer, 0.3)).toBeCloseTo(timeAt(span, 0.3), 0);
  expect(length(closer)).toBeCloseTo(length(span) / 4, 0);
  expect(length(zoomed(span, 1e-9, 0.5, WEEK))).toBe(SHORTEST_MS);
  const all = zoomed(span, 1e9, 0.5, WEEK);
  expect(placeOf(all, WEEK.firstMs)).toBeGreaterThan(0);
  expect(placeOf(all, NOW_MS)).toBeLessThan(1);
});

test("moving stops at the present and at the first moment", () => {
  const span = firstSpan(WEEK);
  expect(placeOf(moved(span, 5, WEEK), NOW_MS)).toBeCloseTo(0.96, 6);
  expect(placeOf(moved(span, -100, WEEK), WEEK.firstMs)).toBeCloseTo(0.04, 2);
});

test("a moment outside is brought to the middle, one inside moves nothing", () => {
  const span = firstSpan(WEEK);
  expect(containing(span, NOW_MS - HOUR_MS, WEEK)).toBe(span);
  expect(placeOf(containing(span, NOW_MS - 3 * DAY_MS, WEEK), NOW_MS - 3 * DAY_MS)).toBeCloseTo(0.5, 6);
});

test("as time passes the present stays where it is, and a look at other days is not moved", () => {
  const span = firstSpan(WEEK);
  expect(placeOf(withPresent(span, NOW_MS, NOW_MS + HOUR_MS), NOW_MS + HOUR_MS)).toBeCloseTo(placeOf(span, NOW_MS), 9);
  const earlier = moved(span, -3, WEEK);
  expect(withPresent(earlier, NOW_MS, NOW_MS + HOUR_MS)).toBe(earlier);
});

test("ticks are round times of the day, with the beginnings of days", () => {
  const ticks = ticksOf(firstSpan(WEEK), 10);
  expect(ticks.length).toBeGreaterThan(4);
  expect(ticks.length).toBeLessThanOrEqual(12);
  expect(ticks.filter(({ isDay }) => isDay).map(({ timeMs }) => new Date(timeMs).getHours())).toEqual([0]);
  expect(ticks.every(({ timeMs }) => new Date(timeMs).getMinutes() === 0)).toBe(true);
  const minutes = ticksOf({ fromMs: NOW_MS - SHORTEST_MS, toMs: NOW_MS }, 8);
  expect(minutes.length).toBeGreaterThan(3);
  expect(ticksOf({ fromMs: WEEK.firstMs - 60 * DAY_MS, toMs: NOW_MS }, 8).length).toBeLessThan(16);
});

test("a key goes a round time that fits the span, and the ends are the first moment and the present", () => {
  const span = firstSpan(WEEK);
  const stepMs = keyStepMs(span);
  expect(stepMs).toBe(10 * 60_000);
  expect(keyStepMs({ fromMs: 0, toMs: SHORTEST_MS })).toBe(5_000);
  const target = (key: string) => keyTarget(key, NOW_MS - HOUR_MS, stepMs, WEEK);
  expect(["ArrowLeft", "ArrowRight", "PageDown", "PageUp"].map((key) => (target(key) ?? 0) - NOW_MS + HOUR_MS)).toEqual(
    [-stepMs, stepMs, -10 * stepMs, 10 * stepMs],
  );
  expect([target("Home"), target("End"), target("a")]).toEqual([WEEK.firstMs, Number.POSITIVE_INFINITY, null]);
});
