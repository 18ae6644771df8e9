// The part of time that the timeline shows, and how a person moves and zooms it. Pure: times are milliseconds since
// 1970, places are fractions of the timeline's width from its left end.

/** The shortest and the longest part of time that can be shown. */
export const SHORTEST_MS = 10 * 60_000;
/** The longest beyond what is kept: one that ends at the present has a margin at its right. */
export const MARGIN = 0.04;
export const FIRST_SPAN_MS = 24 * 3_600_000;

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Bounds {
  /** The first moment that is kept. */
  readonly firstMs: number;
  readonly nowMs: number;
}

/** The last day, or as much of it as is kept. The present is near the right end. */
export function firstSpan(bounds: Bounds): Span {
  const lengthMs = Math.min(FIRST_SPAN_MS, longestMs(bounds));
  return within({ fromMs: bounds.nowMs - lengthMs, toMs: bounds.nowMs + MARGIN * lengthMs }, bounds);
}

export function timeAt({ fromMs, toMs }: Span, place: number): number {
  return fromMs + place * (toMs - fromMs);
}

export function placeOf({ fromMs, toMs }: Span, timeMs: number): number {
  return (timeMs - fromMs) / (toMs - fromMs);
}

/** The span that is `factor` times as long, with the moment at `place` where it is. */
export function zoomed(span: Span, factor: number, place: number, bounds: Bounds): Span {
  const lengthMs = Math.max(SHORTEST_MS, Math.min(longestMs(bounds), (span.toMs - span.fromMs) * factor));
  const fixedMs = timeAt(span, place);
  return within({ fromMs: fixedMs - place * lengthMs, toMs: fixedMs + (1 - place) * lengthMs }, bounds);
}

/** The span moved by a share of its length; positive is later. */
export function moved(span: Span, share: number, bounds: Bounds): Span {
  const byMs = share * (span.toMs - span.fromMs);
  return within({ fromMs: span.fromMs + byMs, toMs: span.toMs + byMs }, bounds);
}

/** The span moved so far that a moment lies in it, away from its ends. */
export function containing(span: Span, timeMs: number, bounds: Bounds): Span {
  const place = placeOf(span, timeMs);
  if (place >= 0 && place <= 1) return span;
  return moved(span, place - 0.5, bounds);
}

/** As time passes, a span whose right end is the present keeps it. */
export function withPresent(span: Span, wasNowMs: number, nowMs: number): Span {
  const place = placeOf(span, wasNowMs);
  if (place < 0 || place > 1) return span;
  return { fromMs: span.fromMs + nowMs - wasNowMs, toMs: span.toMs + nowMs - wasNowMs };
}

export function longestMs({ firstMs, nowMs }: Bounds): number {
  return Math.max(SHORTEST_MS, (nowMs - firstMs) * (1 + 2 * MARGIN));
}

function within(span: Span, { firstMs, nowMs }: Bounds): Span {
  const lengthMs = span.toMs - span.fromMs;
  const latestMs = nowMs + MARGIN * lengthMs;
  const earliestMs = Math.min(firstMs, nowMs - lengthMs) - MARGIN * lengthMs;
  const fromMs = Math.min(latestMs - lengthMs, Math.max(earliestMs, span.fromMs));
  return { fromMs, toMs: fromMs + lengthMs };
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TICKS_MS = [1, 2, 5, 10, 15, 30].map((n) => n * MINUTE_MS).concat([1, 2, 3, 6, 12].map((n) => n * HOUR_MS));
const DAY_TICKS_MS = [1, 2, 7, 14, 28].map((n) => n * DAY_MS);

export interface Tick {
  readonly timeMs: number;
  /** A day begins. */
  readonly isDay: boolean;
}

/** Round moments of the screen's time zone, at most `most` of them. */
export function ticksOf(span: Span, most: number): readonly Tick[] {
  const wantedMs = (span.toMs - span.fromMs) / Math.max(1, most);
  const everyMs = [...TICKS_MS, ...DAY_TICKS_MS].find((ms) => ms >= wantedMs) ?? (DAY_TICKS_MS.at(-1) as number);
  const ticks: Tick[] = [];
  // By the calendar, not by adding milliseconds: a day may have 23 or 25 hours.
  const day = new Date(span.fromMs);
  day.setHours(0, 0, 0, 0);
  for (; day.getTime() <= span.toMs; day.setDate(day.getDate() + Math.max(1, everyMs / DAY_MS))) {
    const startMs = day.getTime();
    const next = new Date(startMs);
    next.setDate(next.getDate() + 1);
    for (let timeMs = startMs; timeMs < next.getTime(); timeMs += everyMs) {
      if (timeMs >= span.fromMs && timeMs <= span.toMs) ticks.push({ timeMs, isDay: timeMs === startMs });
    }
  }
  return ticks;
}

/** How far an arrow key goes: about a hundredth of the span, a round time. */
export function keyStepMs({ fromMs, toMs }: Span): number {
  const wantedMs = (toMs - fromMs) / 100;
  const steps = [5_000, 10_000, 30_000, ...TICKS_MS];
  return steps.findLast((ms) => ms <= wantedMs) ?? (steps[0] as number);
}

/** A page is so many steps of an arrow key. */
export const BIG_STEP = 10;

/** The moment that a key of a slider leads to, infinity for the present; null for other keys. */
export function keyTarget(key: string, shownMs: number, stepMs: number, { firstMs }: Bounds): number | null {
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return shownMs - stepMs;
    case "ArrowRight":
    case "ArrowUp":
      return shownMs + stepMs;
    case "PageDown":
      return shownMs - BIG_STEP * stepMs;
    case "PageUp":
      return shownMs + BIG_STEP * stepMs;
    case "Home":
      return firstMs;
    case "End":
      return Number.POSITIVE_INFINITY;
    default:
      return null;
  }
}
