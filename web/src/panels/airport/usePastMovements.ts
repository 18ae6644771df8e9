// The movements of the last two hours before the moment that is shown. Loaded in half hours, each once; the newest one
// again every minute, because the history ends a minute or two ago.
"use client";

import { useEffect, useState } from "react";
import type { FlightsClient } from "@/flights/client";
import type { LatLon } from "@/flights/greatCircle";
import { LOOK_BACK_MS, loadMovements, type PastMovement } from "./pastMovements";

const BLOCK_MS = 1_800_000;
const MINUTE_MS = 60_000;
/** Younger positions may not be in the files yet. */
const LATE_MS = 3 * MINUTE_MS;
const RETRY_MS = 15_000;

interface Loaded {
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  readonly movements: readonly PastMovement[];
}

const NOTHING: Loaded = { fromMs: 0, toMs: 0, movements: [] };

/**
 * Newest first. Call again with each pulse of the client.
 * @param place null while it is unknown, and when the tracker keeps no history.
 */
export function usePastMovements(client: FlightsClient, place: LatLon | null): readonly PastMovement[] {
  const [loaded, setLoaded] = useState(NOTHING);
  const [failures, setFailures] = useState(0);
  const shownMs = client.shownTimeMs();
  const firstMs = Math.floor((shownMs - LOOK_BACK_MS) / BLOCK_MS) * BLOCK_MS;
  const endMs = Math.min(
    Math.ceil(shownMs / BLOCK_MS) * BLOCK_MS,
    Math.floor(client.serverTimeMs() / MINUTE_MS) * MINUTE_MS,
  );
  const isNear = loaded.fromMs <= firstMs && loaded.toMs >= firstMs;
  const fromMs = isNear ? Math.floor(Math.max(firstMs, loaded.toMs - LATE_MS) / BLOCK_MS) * BLOCK_MS : firstMs;
  const isMissing = place !== null && endMs > (isNear ? loaded.toMs : 0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the effect reads nothing of `failures`; another one makes it ask again
  useEffect(() => {
    if (!isMissing || place === null) return;
    const abort = new AbortController();
    let retry: ReturnType<typeof setTimeout> | undefined;
    void loadMovements(client.access, place, { fromMs, toMs: endMs }, abort.signal).then((movements) => {
      if (abort.signal.aborted) return;
      if (movements === null) retry = setTimeout(() => setFailures((before) => before + 1), RETRY_MS);
      else setLoaded((before) => joined(before, { fromMs, toMs: endMs, movements }, firstMs));
    });
    return () => {
      abort.abort();
      clearTimeout(retry);
    };
  }, [client, place, isMissing, fromMs, endMs, firstMs, failures]);

  return loaded.movements.filter(({ timeMs }) => timeMs <= shownMs && timeMs > shownMs - LOOK_BACK_MS);
}

/** What was loaded before `later` begins, and later; nothing older than `firstMs`. */
export function joined(before: Loaded, later: Loaded, firstMs: number): Loaded {
  const isNext = before.fromMs <= later.fromMs && before.toMs >= later.fromMs;
  if (!isNext) return later;
  const kept = before.movements.filter(({ timeMs }) => timeMs < later.fromMs && timeMs >= firstMs);
  return { fromMs: Math.max(before.fromMs, firstMs), toMs: later.toMs, movements: [...later.movements, ...kept] };
}
