// What the tracker keeps of the past, from `/api/v1/history`: from when to when, the gaps in it, and how many aircraft
// there were.
import { apiUrl } from "../config";
import type { Access } from "./pastMessages";

const WAIT_MS = 10_000;
const MOST_ENTRIES = 100_000;

export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface History {
  readonly fromMs: number;
  readonly toMs: number;
  /** Ascending; nothing was kept in these. */
  readonly gaps: readonly Gap[];
  /** Ascending; the number of aircraft from `fromMs` until the next entry. */
  readonly density: readonly { readonly fromMs: number; readonly aircraft: number }[];
}

/** The history; "not kept" if the tracker has none; null without an answer. */
export async function loadHistory(access: Access): Promise<History | "not kept" | null> {
  try {
    const headers: HeadersInit = access.token === "" ? {} : { Authorization: `Bearer ${access.token}` };
    const response = await fetch(apiUrl(access.url, "history"), { headers, signal: AbortSignal.timeout(WAIT_MS) });
    // An older gateway has no such path and answers 404 too.
    if (response.status === 404) return "not kept";
    return response.ok ? parseHistory(await response.json()) : null;
  } catch {
    return null;
  }
}

/** Null when the answer is no history, or one in which nothing is kept yet. */
export function parseHistory(answer: unknown): History | null {
  const fields = (answer ?? {}) as Readonly<Record<string, unknown>>;
  const fromMs = timeOf(fields.from);
  const toMs = timeOf(fields.to);
  if (fromMs === null || toMs === null || toMs <= fromMs) return null;
  const gaps = listOf(fields.gaps).flatMap((gap) => {
    const [start, end] = [timeOf(gap.from), timeOf(gap.to)];
    return start === null || end === null || end <= start ? [] : [{ fromMs: start, toMs: end }];
  });
  const density = listOf(fields.density).flatMap(({ from, aircraft }) => {
    const start = timeOf(from);
    return start === null || typeof aircraft !== "number" ? [] : [{ fromMs: start, aircraft }];
  });
  return {
    fromMs,
    toMs,
    gaps: gaps.sort((a, b) => a.fromMs - b.fromMs),
    density: density.sort((a, b) => a.fromMs - b.fromMs),
  };
}

/** The gap that a moment lies in, or null. */
export function gapAt({ gaps }: History, timeMs: number): Gap | null {
  return gaps.find(({ fromMs, toMs }) => timeMs >= fromMs && timeMs < toMs) ?? null;
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.slice(0, MOST_ENTRIES).filter((entry) => typeof entry === "object") : [];
}

function timeOf(value: unknown): number | null {
  const timeMs = typeof value === "string" ? Date.parse(value) : value;
  return typeof timeMs === "number" && Number.isFinite(timeMs) ? timeMs : null;
}
