// Moments in words: where the screen is and in UTC, and the other way round. Pure.
import type { Language } from "@/texts/language";

export class MomentWords {
  private readonly day: Intl.DateTimeFormat;
  private readonly longDay: Intl.DateTimeFormat;

  constructor(language: Language) {
    // British English: the page writes 24 hours and the day before the month.
    const locale = language === "en" ? "en-GB" : language;
    this.day = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short" });
    this.longDay = new Intl.DateTimeFormat(locale, {
      weekday: "short",
      day: "numeric",
      month: "short",
      year: "numeric",
    });
  }

  /** Of the place of the screen, such as "Sat, 28 Nov". */
  shortDay(timeMs: number): string {
    return this.day.format(timeMs);
  }

  date(timeMs: number): string {
    return this.longDay.format(timeMs);
  }

  /** Hours and minutes of the place of the screen. */
  minute(timeMs: number): string {
    return new Date(timeMs).toTimeString().slice(0, "hh:mm".length);
  }

  second(timeMs: number): string {
    return new Date(timeMs).toTimeString().slice(0, "hh:mm:ss".length);
  }

  /** With the day where UTC has another one. */
  utc(timeMs: number): string {
    const moment = new Date(timeMs);
    const time = moment.toISOString().slice("2026-11-28T".length, "2026-11-28Thh:mm:ss".length);
    const isSameDay = moment.getUTCDate() === moment.getDate();
    return isSameDay ? `${time} UTC` : `${moment.toISOString().slice(5, 10)} ${time} UTC`;
  }

  /** Of the place of the screen and in UTC, once where they are the same. */
  both(timeMs: number): string {
    const utc = this.utc(timeMs);
    const here = this.second(timeMs);
    return utc.startsWith(here) ? utc : `${here} · ${utc}`;
  }

  /** All of it, for screen readers and messages. */
  full(timeMs: number): string {
    return `${this.date(timeMs)} ${this.second(timeMs)} (${this.utc(timeMs)})`;
  }
}

/** The value of a field for date and time, of the place of the screen or UTC. */
export function fieldValue(timeMs: number, isUtc: boolean): string {
  const offsetMs = isUtc ? 0 : new Date(timeMs).getTimezoneOffset() * 60_000;
  return new Date(timeMs - offsetMs).toISOString().slice(0, "2026-11-28Thh:mm:ss".length);
}

/** Milliseconds since 1970; null while the field is incomplete. */
export function timeOfField(value: string, isUtc: boolean): number | null {
  const timeMs = Date.parse(isUtc ? `${value}Z` : value);
  return value === "" || Number.isNaN(timeMs) ? null : timeMs;
}

/** Ten in the evening of yesterday, where the screen is. */
export function lastNightMs(nowMs: number): number {
  const evening = new Date(nowMs);
  evening.setDate(evening.getDate() - 1);
  evening.setHours(22, 0, 0, 0);
  return evening.getTime();
}

/** The moment of a link: an ISO time with its zone, such as 2026-11-28T21:04:05Z or 22:04:05.5+01:00. Null for anything else. */
export function momentFromQuery(query: string): number | null {
  const text = new URLSearchParams(query).get("time") ?? "";
  // In an address, "+" means a space.
  const time = text.replace(" ", "+");
  const timeMs = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/.test(time)
    ? Date.parse(time)
    : Number.NaN;
  return Number.isNaN(timeMs) ? null : timeMs;
}

export function momentText(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, "2026-11-28Thh:mm:ss".length)}Z`;
}
