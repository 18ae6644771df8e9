// What the connection is like, in words for the header, the banner and screen readers. Pure.
import type { Connection } from "@/flights/workerMessages";
import { formatAge } from "./format";

export type Tone = "good" | "waiting" | "warning" | "bad";

export interface ConnectionWords {
  readonly tone: Tone;
  /** One or two words for the header. */
  readonly short: string;
  /** A sentence without numbers that change, for screen readers. */
  readonly sentence: string;
  /** A sentence for the banner; null when all is well. */
  readonly banner: string | null;
  readonly action: "reconnect" | "reload" | null;
}

export function wordsFor(connection: Connection | null, nowMs: number, serverTimeMs: number): ConnectionWords {
  if (connection === null || connection.phase === "connecting") return connectingWords(connection, nowMs);
  const pictureTimeMs = connection.pictureTimeMs ?? serverTimeMs;
  const age = formatAge(serverTimeMs - pictureTimeMs);
  switch (connection.phase) {
    case "loading":
      return waiting("Loading", "Connected. Waiting for the first picture.");
    case "reconnecting": {
      const why = reasonWords(connection);
      return {
        tone: "bad",
        short: "Reconnecting",
        sentence: `${why} Showing the last picture and connecting again.`,
        banner: `${why} The picture is ${age} old. ${retryWords(connection, nowMs)}`,
        action: connection.retryAtMs === null ? null : "reconnect",
      };
    }
    case "outdated":
      return bad("Outdated", "The server speaks a newer language than this page. Reload the page to go on.", "reload");
    case "unsupported":
      return bad("Not supported", "This browser is too old for the live map: it cannot inflate the stream.", null);
    case "live":
      return connection.isStale ? staleWords(connection, age) : live();
  }
}

function connectingWords(connection: Connection | null, nowMs: number): ConnectionWords {
  if (connection?.lost == null) return waiting("Connecting", "Connecting to the gateway.");
  return {
    tone: "bad",
    short: "Not connected",
    sentence: `${reasonWords(connection)} Trying again.`,
    banner: `${reasonWords(connection)} ${retryWords(connection, nowMs)}`,
    action: connection.retryAtMs === null ? null : "reconnect",
  };
}

function reasonWords({ lost, pictureTimeMs }: Connection): string {
  switch (lost?.meaning) {
    case "restarting":
      return "The gateway is restarting.";
    case "too_far_behind":
      return "This connection was too slow for the stream.";
    case "refused":
      return `The gateway refused this page${lost.reason === "" ? "." : `: ${lost.reason}.`}`;
    case "not_allowed":
      return "The gateway does not allow this connection.";
    default:
      return pictureTimeMs === null ? "The gateway cannot be reached." : "The connection was lost.";
  }
}

function retryWords({ retryAtMs }: Connection, nowMs: number): string {
  if (retryAtMs === null) return "Connecting …";
  return `Connecting again in ${Math.max(0, Math.ceil((retryAtMs - nowMs) / 1000))} s.`;
}

function staleWords({ staleShards }: Connection, age: string): ConnectionWords {
  const part = staleShards.length > 0 ? "Part of the picture is stale" : "The picture is stale";
  return {
    tone: "warning",
    short: "Stale",
    sentence: `${part}: the server has sent nothing new.`,
    banner: `${part}: the newest positions are ${age} old. It goes on by itself when the server sends again.`,
    action: null,
  };
}

function live(): ConnectionWords {
  return { tone: "good", short: "Live", sentence: "Live.", banner: null, action: null };
}

function waiting(short: string, sentence: string): ConnectionWords {
  return { tone: "waiting", short, sentence, banner: null, action: null };
}

function bad(short: string, sentence: string, action: "reload" | null): ConnectionWords {
  return { tone: "bad", short, sentence, banner: sentence, action };
}
