// The text messages of frame.md's WebSocket protocol, parsed once where they arrive. Pure.

export interface Welcome {
  readonly type: "welcome";
  readonly session: string;
  readonly tracker: string;
  readonly tickIntervalMs: number;
  /** Numbers of the tracker's shards; null when the gateway does not report them. */
  readonly shards: readonly number[] | null;
  /** When the token ends; null when none is required. */
  readonly expiresMs: number | null;
  readonly serverTimeMs: number;
}

/** The answer to a newer token. */
export interface Renewed {
  readonly type: "session";
  readonly expiresMs: number | null;
}

export interface GatewayState {
  readonly type: "state";
  readonly staleShards: readonly number[];
  /** What the oldest stale shard shows; null when none is stale, or when the gateway does not say. */
  readonly staleSinceMs: number | null;
  readonly viewers: number;
  readonly serverTimeMs: number;
}

/** The newest reports of aircraft that a viewer of `flights.v3` wants exactly, for `exactReports`. */
export interface ExactFlights {
  readonly type: "exact";
  readonly flights: unknown;
}

/** The gateway has no room for the tiles that were asked for, and sends class 0 alone. */
export interface NoTiles {
  readonly type: "tiles";
}

/** A parsed text message; null for an unknown type, which a newer gateway may send. */
export function parseGatewayMessage(text: string): Welcome | GatewayState | Renewed | ExactFlights | NoTiles | null {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof message !== "object" || message === null || !("type" in message)) return null;
  const fields = message as Readonly<Record<string, unknown>>;
  const serverTimeMs = Number(fields.server_time_ms);
  if (fields.type === "welcome") {
    return {
      type: "welcome",
      session: String(fields.session ?? ""),
      tracker: String(fields.tracker ?? ""),
      tickIntervalMs: Number(fields.tick_interval_ms) || 1000,
      shards: shardNumbers(fields.shards),
      expiresMs: timeMs(fields.expires_ms),
      serverTimeMs,
    };
  }
  if (fields.type === "state") {
    return {
      type: "state",
      staleShards: shardNumbers(fields.stale_shards) ?? [],
      staleSinceMs: timeMs(fields.stale_since_ms),
      viewers: Number(fields.viewers) || 0,
      serverTimeMs,
    };
  }
  if (fields.type === "tiles") return { type: "tiles" };
  if (fields.type === "exact") return { type: "exact", flights: fields.flights };
  if (fields.type === "session") return { type: "session", expiresMs: timeMs(fields.expires_ms) };
  return null;
}

function timeMs(value: unknown): number | null {
  return Number.isFinite(value) ? (value as number) : null;
}

function shardNumbers(value: unknown): number[] | null {
  if (Array.isArray(value)) return value.filter((shard): shard is number => Number.isInteger(shard));
  if (Number.isInteger(value)) return Array.from({ length: value as number }, (_, shard) => shard);
  return null;
}
