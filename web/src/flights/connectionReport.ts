// The state of the connection as the page shows it. The session owns one; the page hears of what is different.
import type { GatewayState } from "@flighttracker/client";
import { type Connection, NO_CONNECTION } from "./workerMessages";

/** After so many intervals without a message the picture is stale: the world has one each WORLD_TICK_MS, be it empty. */
export const STALE_TICKS = 3;
const WORLD_TICK_MS = 5_000;

export class ConnectionReport {
  /** When the last message came, by this computer's clock. */
  heardAtMs = 0;
  private reported = NO_CONNECTION;

  constructor(
    private readonly nowMs: () => number,
    /** The server's time that the picture describes; null before the first. */
    private readonly pictureTimeMs: () => number | null,
    private readonly post: (connection: Connection) => void,
  ) {}

  get current(): Connection {
    return this.reported;
  }

  /** Whether the gateway has been silent for too long. */
  get isSilent(): boolean {
    const intervalMs = Math.max(WORLD_TICK_MS, this.reported.tickIntervalMs);
    return this.nowMs() - this.heardAtMs > STALE_TICKS * intervalMs;
  }

  takeState({ viewers, staleShards, staleSinceMs }: GatewayState): void {
    this.change({ viewers, staleShards, staleSinceMs });
  }

  /** Change the state, and tell the page when anything of it is different. */
  change(change: Partial<Connection>): void {
    const merged = { ...this.reported, ...change };
    const isStale = merged.phase === "live" && (this.isSilent || merged.staleShards.length > 0);
    const next: Connection = { ...merged, isStale, pictureTimeMs: this.pictureTimeMs() };
    const isSame = JSON.stringify(next) === JSON.stringify(this.reported);
    this.reported = next;
    if (!isSame) this.post(next);
  }
}
