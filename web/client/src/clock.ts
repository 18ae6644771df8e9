// The server's time, estimated from what it sends, so that a wrong clock of this computer does not move any aircraft.
//
// Each message that carries a server time arrives late by its transit time; the least delayed one of the last minutes gives
// the best offset (a minimum filter). The worker feeds it; the page gets the offset and slews towards it (SlewedOffset).

const WINDOW = 120;

/** Milliseconds since 1970 by this computer's clock, monotonic while the page lives. */
export function localTimeMs(): number {
  return performance.timeOrigin + performance.now();
}

export class ServerClock {
  private readonly samples: number[] = [];

  /** `serverTimeMs` was read from a message that arrived at `localMs`. */
  observe(serverTimeMs: number, localMs: number): void {
    this.samples.push(serverTimeMs - localMs);
    if (this.samples.length > WINDOW) this.samples.shift();
  }

  /** What to add to this computer's time; 0 before the first message. */
  get offsetMs(): number {
    return this.samples.length === 0 ? 0 : Math.max(...this.samples);
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
