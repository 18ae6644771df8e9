// The moments that are loaded, at one step. Bounded in bytes: those furthest from the moment that is shown go first, and
// one behind it counts double, because people play forwards.
import type { Moment } from "./moment";

export const MOST_BYTES = 64 * 1024 * 1024;
/** With half of it behind the moment, less than everything: nothing is dropped that would be loaded again at once. */
const SHARE_AHEAD = 0.6;

export class MomentBuffer {
  private moments = new Map<number, Moment>();
  private keptBytes = 0;
  private step = 0;
  private largestBytes = 0;

  constructor(private readonly mostBytes = MOST_BYTES) {}

  get stepMs(): number {
    return this.step;
  }

  get bytes(): number {
    return this.keptBytes;
  }

  /** How many moments after the one that is shown can be kept; as many before it have half the room. At least 1. */
  get room(): number {
    return Math.max(1, Math.floor((SHARE_AHEAD * this.mostBytes) / Math.max(1, this.largestBytes)));
  }

  /** Moments of another step are forgotten: they lie at other times. */
  setStep(stepMs: number): void {
    if (stepMs === this.step) return;
    this.step = stepMs;
    this.clear();
  }

  clear(): void {
    this.moments.clear();
    this.keptBytes = 0;
  }

  /** The time of the step at or before `timeMs`. */
  stepAt(timeMs: number): number {
    return Math.floor(timeMs / this.step) * this.step;
  }

  at(timeMs: number): Moment | undefined {
    return this.moments.get(timeMs);
  }

  put(moment: Moment, shownMs: number): void {
    this.keptBytes += moment.bytes - (this.moments.get(moment.timeMs)?.bytes ?? 0);
    this.moments.set(moment.timeMs, moment);
    this.largestBytes = Math.max(this.largestBytes, moment.bytes);
    while (this.keptBytes > this.mostBytes && this.moments.size > 2) this.drop(shownMs);
  }

  /** The steps from `fromMs` on that are missing, as one range of at most `most`; null if none of the next `ahead` is. */
  missing(fromMs: number, ahead: number, most: number, endMs: number): { fromMs: number; toMs: number } | null {
    let first = this.stepAt(fromMs);
    const lastMs = Math.min(first + ahead * this.step, endMs);
    while (first <= lastMs && this.moments.has(first)) first += this.step;
    if (first > lastMs) return null;
    let end = first + this.step;
    while (end <= lastMs && end - first < most * this.step && !this.moments.has(end)) end += this.step;
    return { fromMs: first, toMs: end };
  }

  /** Those at or before `timeMs` and after `sinceMs`, newest first. */
  before(timeMs: number, sinceMs: number): Moment[] {
    const found: Moment[] = [];
    for (let at = this.stepAt(timeMs); at > sinceMs; at -= this.step) {
      const moment = this.moments.get(at);
      if (moment !== undefined) found.push(moment);
    }
    return found;
  }

  private drop(shownMs: number): void {
    let furthest = Number.NaN;
    let most = -1;
    for (const timeMs of this.moments.keys()) {
      const distance = timeMs < shownMs ? 2 * (shownMs - timeMs) : timeMs - shownMs;
      if (distance <= most) continue;
      most = distance;
      furthest = timeMs;
    }
    this.keptBytes -= this.moments.get(furthest)?.bytes ?? 0;
    this.moments.delete(furthest);
  }
}
