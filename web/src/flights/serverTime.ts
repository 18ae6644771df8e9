// The server's time in the worker; the page hears of a better estimate.
import { ServerClock } from "@flighttracker/client";

export class ServerTime {
  private readonly clock = new ServerClock();

  constructor(
    private readonly localNowMs: () => number,
    private readonly changed: (offsetMs: number) => void,
  ) {}

  /** Milliseconds since 1970. */
  readonly nowMs = (): number => this.localNowMs() + this.clock.offsetMs;

  /** `serverTimeMs` was read from a message that arrived at `arrivedMs` of this computer's clock; NaN is ignored. */
  observe(serverTimeMs: number, arrivedMs: number): void {
    if (!Number.isFinite(serverTimeMs)) return;
    const before = this.clock.offsetMs;
    this.clock.observe(serverTimeMs, arrivedMs);
    if (this.clock.offsetMs !== before) this.changed(this.clock.offsetMs);
  }
}
