// Closable messages about missing browser features and unusual conditions. Each appears once.
"use client";

import { localTimeMs } from "@flighttracker/client";
import { useCallback, useEffect, useState } from "react";
import type { FlightsClient } from "@/flights/client";
import { useFormats, useTexts } from "@/texts/TextsContext";
import type { Hint } from "./Notices";

/** Smaller clock offsets are not worth a message. */
const CLOCK_MS = 60_000;
/** A longer gap between two timers means that the browser or the computer suspended the page. */
const PAUSE_MS = 60_000;
const LOOK_MS = 2_000;
/** A confirmation disappears after this time. */
const PASSING_MS = 6_000;
const MOST_HINTS = 3;

export function useHints() {
  const [hints, setHints] = useState<readonly Hint[]>([]);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());

  const add = useCallback((key: string, text: string) => {
    setHints((all) => [...all.filter((hint) => hint.key !== key), { key, text }].slice(-MOST_HINTS));
  }, []);
  const close = useCallback(({ key }: Hint) => {
    setHints((all) => all.filter((hint) => hint.key !== key));
    setClosed((all) => new Set(all).add(key));
  }, []);
  const pass = useCallback(
    (key: string, text: string) => {
      add(key, text);
      setTimeout(() => setHints((all) => all.filter((hint) => hint.key !== key || hint.text !== text)), PASSING_MS);
    },
    [add],
  );
  return { hints, closed, add, close, pass };
}

/** Detect a wrong clock and a suspended page. */
export function useClockHints(client: FlightsClient | null, { closed, add, pass }: ReturnType<typeof useHints>): void {
  const { notices } = useTexts();
  const formats = useFormats();

  useEffect(() => {
    if (client === null) return;
    let lookedAtMs = localTimeMs();
    const look = () => {
      const nowMs = localTimeMs();
      const sleptMs = nowMs - lookedAtMs;
      lookedAtMs = nowMs;
      if (sleptMs > PAUSE_MS) pass("paused", notices.pausedFor({ age: formats.age(sleptMs) }));
      const offsetMs = client.clockOffsetMs;
      if (Math.abs(offsetMs) > CLOCK_MS && !closed.has("clock")) {
        add(
          "clock",
          notices.clockWrong({ minutes: formats.age(Math.abs(offsetMs)), direction: offsetMs < 0 ? "fast" : "other" }),
        );
      }
    };
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [client, closed, add, pass, notices, formats]);
}
