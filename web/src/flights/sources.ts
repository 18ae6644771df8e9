// The tracker's sources of positions and the state of each, from the gateway's /api/v1/sources.
import { apiUrl } from "./config";

export const SOURCE_STATES = [
  "starting",
  "fresh",
  "late",
  "stopped",
  "refused",
  "rate_limited",
  "unreachable",
  "failing",
  "unknown",
] as const;
export type SourceState = (typeof SOURCE_STATES)[number];

export interface Source {
  readonly name: string;
  readonly state: SourceState;
  /** Since when it has this state, milliseconds since 1970; null if unknown. */
  readonly sinceMs: number | null;
  /** When it is asked next, or its pause ends. */
  readonly nextRequestMs: number | null;
  readonly aircraft: number | null;
}

export interface Sources {
  /** The gateway's time, milliseconds since 1970. */
  readonly timeMs: number;
  readonly sources: readonly Source[];
}

const WAIT_MS = 5_000;
const MOST = 64;

/** The sources; null if the gateway does not answer, denies them, or is too old to know them. */
export async function loadSources(gatewayUrl: string, token: string): Promise<Sources | null> {
  try {
    const headers: HeadersInit = token === "" ? {} : { Authorization: `Bearer ${token}` };
    const response = await fetch(apiUrl(gatewayUrl, "sources"), { headers, signal: AbortSignal.timeout(WAIT_MS) });
    return response.ok ? parseSources(await response.json()) : null;
  } catch {
    return null;
  }
}

export function parseSources(answer: unknown): Sources | null {
  const { time_ms: timeMs, sources } = (answer ?? {}) as { readonly time_ms?: unknown; readonly sources?: unknown };
  if (typeof timeMs !== "number" || !Array.isArray(sources)) return null;
  return { timeMs, sources: sources.slice(0, MOST).map(parseSource) };
}

function parseSource(value: unknown): Source {
  const fields = (value ?? {}) as Readonly<Record<string, unknown>>;
  const time = (name: string) => (typeof fields[name] === "number" ? fields[name] : null);
  const state = SOURCE_STATES.find((known) => known === fields.state);
  return {
    name: typeof fields.name === "string" ? fields.name : "",
    // A newer gateway may know more states.
    state: state ?? "unknown",
    sinceMs: time("since_ms"),
    nextRequestMs: time("next_request_ms"),
    aircraft: time("aircraft"),
  };
}
