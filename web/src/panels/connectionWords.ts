// The connection's state as text for the header, the banner and screen readers. Pure.
import type { Denial } from "@/flights/config";
import type { Connection } from "@/flights/workerMessages";
import type { Formats } from "@/texts/formats";
import type { Texts } from "@/texts/language";

export type Tone = "good" | "waiting" | "warning" | "bad";

export interface ConnectionWords {
  readonly tone: Tone;
  /** One or two words for the header. */
  readonly short: string;
  /** A sentence without numbers that change, for screen readers. */
  readonly sentence: string;
  /** A sentence for the banner; null when all is well. */
  readonly banner: string | null;
  readonly action: "reconnect" | "reload" | "signIn" | null;
}

export interface Moment {
  readonly nowMs: number;
  readonly serverTimeMs: number;
  /** The browser's network state; reliable only when false. */
  readonly isOnline: boolean;
  /** Why the gateway denies access. */
  readonly denial: Denial | null;
}

/** How long before its end a token is announced as expiring. */
const SOON_MS = 120_000;

export function wordsFor(
  connection: Connection | null,
  moment: Moment,
  { connection: texts }: Texts,
  formats: Formats,
): ConnectionWords {
  if (connection === null || connection.phase === "connecting") return connectingWords(connection, moment, texts);
  const age = formats.age(moment.serverTimeMs - (connection.pictureTimeMs ?? moment.serverTimeMs));
  switch (connection.phase) {
    case "loading":
      return waiting(texts.loading, texts.loadingSentence);
    case "reconnecting": {
      const why = reasonWords(connection, moment, texts);
      return {
        tone: "bad",
        short: texts.reconnecting,
        sentence: texts.reconnectingSentence({ why }),
        banner: `${texts.positionsAge({ why, age })} ${retryWords(connection, moment, texts)}`.trim(),
        action: actionOf(connection),
      };
    }
    case "outdated":
      return bad(texts.outdated, texts.outdatedSentence, "reload");
    case "unsupported":
      return bad(texts.unsupported, texts.unsupportedSentence, null);
    case "live":
      if (connection.isStale) return staleWords(connection, moment, age, texts, formats);
      if (connection.tokenEndsMs !== null && connection.tokenEndsMs - moment.serverTimeMs < SOON_MS) {
        return endingWords(connection.tokenEndsMs - moment.serverTimeMs, texts, formats);
      }
      return { tone: "good", short: texts.live, sentence: texts.liveSentence, banner: null, action: null };
  }
}

function connectingWords(connection: Connection | null, moment: Moment, texts: Texts["connection"]): ConnectionWords {
  if (connection?.lost == null) {
    return moment.isOnline ? waiting(texts.connecting, texts.connectingSentence) : offline(texts);
  }
  const why = reasonWords(connection, moment, texts);
  if (connection.lost.meaning === "not_allowed") {
    return { tone: "bad", short: texts.signedOut, sentence: why, banner: why, action: "signIn" };
  }
  return {
    tone: "bad",
    short: texts.notConnected,
    sentence: texts.tryingAgain({ why }),
    banner: `${why} ${retryWords(connection, moment, texts)}`,
    action: actionOf(connection),
  };
}

function actionOf({ lost, retryAtMs }: Connection): ConnectionWords["action"] {
  if (lost?.meaning === "not_allowed") return "signIn";
  return retryAtMs === null ? null : "reconnect";
}

function reasonWords(
  { lost, pictureTimeMs }: Connection,
  { isOnline, denial }: Moment,
  texts: Texts["connection"],
): string {
  switch (lost?.meaning) {
    case "restarting":
      return texts.restarting;
    case "too_far_behind":
      return texts.tooSlow;
    case "refused":
      return lost.reason === "" ? texts.refused : texts.refusedBecause({ reason: lost.reason });
    case "not_allowed":
      if (denial?.status === 403) return texts.tokenTooWeak;
      return denial?.hadToken === false ? texts.tokenMissing : texts.tokenRefused;
    default:
      if (!isOnline) return texts.offline;
      return pictureTimeMs === null ? texts.unreachable : texts.lost;
  }
}

function retryWords({ lost, retryAtMs }: Connection, { nowMs }: Moment, texts: Texts["connection"]): string {
  if (lost?.meaning === "not_allowed") return "";
  if (retryAtMs === null) return texts.nowConnecting;
  return texts.connectingIn({ seconds: Math.max(0, Math.ceil((retryAtMs - nowMs) / 1000)) });
}

/** Uses the gateway's age of its oldest shard, which covers silent sources; without one, the age of the last tick. */
function staleWords(
  { staleShards, staleSinceMs, shardCount }: Connection,
  { serverTimeMs }: Moment,
  tickAge: string,
  texts: Texts["connection"],
  formats: Formats,
): ConnectionWords {
  const isPart = staleShards.length > 0 && (shardCount === null || staleShards.length < shardCount);
  const part = isPart ? texts.stalePart : texts.staleAll;
  const age = staleSinceMs === null ? tickAge : formats.age(serverTimeMs - staleSinceMs);
  return {
    tone: "warning",
    short: texts.stale,
    sentence: texts.staleSentence({ part }),
    banner: texts.staleBanner({ part, age }),
    action: null,
  };
}

function endingWords(leftMs: number, texts: Texts["connection"], formats: Formats): ConnectionWords {
  return {
    tone: "warning",
    short: texts.live,
    sentence: texts.tokenEndsSoon,
    banner: texts.tokenEnds({ time: formats.age(leftMs) }),
    action: "signIn",
  };
}

function offline({ notConnected, offline: why, tryingAgain }: Texts["connection"]): ConnectionWords {
  return {
    tone: "bad",
    short: notConnected,
    sentence: tryingAgain({ why }),
    banner: tryingAgain({ why }),
    action: null,
  };
}

function waiting(short: string, sentence: string): ConnectionWords {
  return { tone: "waiting", short, sentence, banner: null, action: null };
}

function bad(short: string, sentence: string, action: "reload" | null): ConnectionWords {
  return { tone: "bad", short, sentence, banner: sentence, action };
}
