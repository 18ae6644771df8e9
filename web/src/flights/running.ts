// Starts the worker with its socket, the token and the configuration. Once for the life of the page, and before React
// (instrumentation-client.ts): positions arrive while the page hydrates.
import { FlightsClient } from "./client";
import { apiUrl, DEFAULT_CONFIG, type Denial, gatewayUrl, loadConfig, type PageConfig } from "./config";
import { TokenKeeper } from "./token";

export interface Flights {
  readonly client: FlightsClient;
  readonly config: PageConfig;
  readonly tokens: TokenKeeper;
  /** Why the gateway denies access; null while it grants it or has not answered. */
  readonly denial: Denial | null;
  /** Use a token; returns why it is rejected, or null. */
  signIn(pasted: string): Promise<Denial | "no token" | null>;
  /** Delete the token, and revoke it at the gateway. */
  signOut(): void;
}

let running: Flights | "unsupported" | null = null;
const watchers = new Set<() => void>();

/** Null until the worker has started and the configuration is loaded. */
export const runningFlights = (): Flights | "unsupported" | null => running;

export function watchFlights(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function set(next: Flights | "unsupported"): void {
  running = next;
  for (const watcher of watchers) watcher();
}

function start(): void {
  if (typeof Worker === "undefined" || typeof DecompressionStream === "undefined") {
    set("unsupported");
    return;
  }
  const url = gatewayUrl(window.location);
  const client = new FlightsClient(new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }));
  let asking: { readonly token: string; readonly answer: Promise<Denial | null> } | null = null;

  const ask = async (token: string): Promise<Denial | null> => {
    const answer = await loadConfig(url, token);
    const denial = "status" in answer ? answer : null;
    // Ignore answers about a token that has been replaced meanwhile.
    if (token !== tokens.current) return denial;
    asking = null;
    if (denial !== null) client.hold(denial.detail);
    const known = running === null || running === "unsupported" ? null : running.config;
    set({ client, tokens, signIn, signOut, denial, config: newer(known, answer) });
    return denial;
  };
  const askOnce = (): Promise<Denial | null> => {
    const token = tokens.current;
    if (asking?.token !== token) asking = { token, answer: ask(token) };
    return asking.answer;
  };
  const signIn = async (pasted: string) => (tokens.keep(pasted) ? askOnce() : "no token");
  const signOut = () => {
    const headers = { Authorization: `Bearer ${tokens.current}` };
    const revoking = fetch(apiUrl(url, "session"), { method: "DELETE", headers });
    revoking
      .then((answer) => {
        if (!answer.ok) console.warn(`The token was not revoked: HTTP ${answer.status}`);
      })
      .catch((error: unknown) => console.warn("The token was not revoked:", error));
    tokens.forget();
  };
  let isOpen = false;
  const tokens: TokenKeeper = new TokenKeeper(url, window, (newest) => {
    client.showToken(newest);
    // A stored token is reported before `tokens` exists; it is checked below.
    if (isOpen) void askOnce();
  });
  isOpen = true;
  client.open(url);
  void askOnce();

  // To a page a refused handshake looks like an unreachable gateway. A request over HTTP tells the two apart.
  let askedFor = 0;
  client.subscribe(() => {
    const { connection } = client.getSnapshot();
    if (connection?.phase === "live") askedFor = 0;
    if (connection === null || connection.lost === null || connection.retryAtMs === null) return;
    if (connection.attempt === askedFor) return;
    askedFor = connection.attempt;
    void askOnce();
  });
  window.addEventListener("online", () => client.hurry());
}

if (typeof window !== "undefined") start();

/** The gateway's answer. An equal one keeps the known object, so the map is not rebuilt. */
function newer(known: PageConfig | null, answer: PageConfig | Denial): PageConfig {
  if ("status" in answer || (known !== null && answer === DEFAULT_CONFIG)) return known ?? DEFAULT_CONFIG;
  return JSON.stringify(known) === JSON.stringify(answer) ? (known as PageConfig) : answer;
}
