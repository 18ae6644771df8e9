// The server's time, estimated from what it sends, so that a wrong clock of this computer does not move any aircraft.
//
// Each message that carries a server time arrives late by its transit time; the least delayed one of the last minutes gives
// the best offset (a minimum filter). Messages come irregularly, so the window is of time, not of messages. The worker feeds
// it; the page gets the offset and slews towards it (SlewedOffset).

/** The best sample of each minute is kept, of so many minutes: clocks of computers drift apart by about 3 ms a minute. */
const SPAN_MS = 60_000;
const MOST_SPANS = 20;

/** Milliseconds since 1970 by this computer's clock, monotonic while the page lives. */
export function localTimeMs(): number {
  return performance.timeOrigin + performance.now();
}

export class ServerClock {
  private readonly best: { readonly endMs: number; offsetMs: number }[] = [];

  /** `serverTimeMs` was read from a message that arrived at `localMs`. */
  observe(serverTimeMs: number, localMs: number): void {
    const offsetMs = serverTimeMs - localMs;
    const newest = this.best.at(-1);
    if (newest !== undefined && localMs < newest.endMs) newest.offsetMs = Math.max(newest.offsetMs, offsetMs);
    else this.best.push({ endMs: localMs + SPAN_MS, offsetMs });
    if (this.best.length > MOST_SPANS) this.best.shift();
  }

  /** What to add to this computer's time; 0 before the first message. */
  get offsetMs(): number {
    return this.best.length === 0 ? 0 : Math.max(...this.best.map(({ offsetMs }) => offsetMs));
  }
}

const SLEW_MS_PER_S = 50;
const STEP_MS = 2_000;

/** Follows an offset slowly, so that a better estimate never makes the aircraft jump; far-off values are taken at once. */
export class SlewedOffset {
  private current = 0;
  private at = Number.NaN;

  next(targetMs: number, nowMs: number): number {
    const elapsedS = (nowMs - this.at) / 1000;
    this.at = nowMs;
    const difference = targetMs - this.current;
    if (!(Math.abs(difference) < STEP_MS)) this.current = targetMs;
    else if (elapsedS > 0) {
      const most = SLEW_MS_PER_S * elapsedS;
      this.current += Math.max(-most, Math.min(most, difference));
    }
    return this.current;
  }
}
