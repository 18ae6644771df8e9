// Speeds of playing, the step that each needs, and which moments can be shown. Pure.
import type { History } from "@/flights/past/history";

export const SPEEDS = [1, 2, 5, 10, 30, 60] as const;
export type Speed = (typeof SPEEDS)[number];

/**
 * Time between two moments that are loaded: about one a second while it plays fast, so that a server and a slow line keep
 * up, and short enough at any speed for turns to be seen.
 */
const STEPS_S: Readonly<Record<Speed, number>> = { 1: 10, 2: 10, 5: 10, 10: 10, 30: 30, 60: 60 };

export function stepMsFor(speed: Speed): number {
  return STEPS_S[speed] * 1000;
}

/** The nearest moment that the history covers. */
export function clampedMoment({ fromMs, toMs }: History, timeMs: number): number {
  return Math.max(fromMs, Math.min(toMs, timeMs));
}
