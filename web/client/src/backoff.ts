// How long to wait before connecting again: doubling from half a second to half a minute, each time a random part of it,
// to spread the viewers of a failed gateway over time. Pure.

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
const SHORTEST_MS = 100;

/** Close codes of frame.md that determine the next step. */
export const RESTARTING = 1012;
export const TOO_FAR_BEHIND = 4408;
const MEND_THE_CLIENT: ReadonlySet<number> = new Set([1003, 1007, 1009, 4400, 4429]);
const NOT_ALLOWED: ReadonlySet<number> = new Set([4401, 4403]);
/** After a rejection quick retries are useless: a person or a new version of the page has to fix it. */
const REFUSED_MS = 60_000;
const RESTART_MS = 2_000;

export type CloseMeaning = "lost" | "restarting" | "too_far_behind" | "refused" | "not_allowed";

export function meaningOf(code: number): CloseMeaning {
  if (code === RESTARTING) return "restarting";
  if (code === TOO_FAR_BEHIND) return "too_far_behind";
  if (MEND_THE_CLIENT.has(code)) return "refused";
  if (NOT_ALLOWED.has(code)) return "not_allowed";
  return "lost";
}

/** Milliseconds to wait before attempt number `attempt`, counted from 1; `random` is from 0 to 1. */
export function delayMs(attempt: number, meaning: CloseMeaning, random: number): number {
  if (meaning === "refused" || meaning === "not_allowed") return REFUSED_MS * (1 + random / 2);
  if (meaning === "restarting" && attempt === 1) return SHORTEST_MS + random * RESTART_MS;
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  return SHORTEST_MS + random * longest;
}
