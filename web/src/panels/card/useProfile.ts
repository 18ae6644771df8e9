// Altitude and speed of the selected aircraft over time: its track from where its flight began, then one point a second
// since it was selected.
"use client";

import { useEffect, useRef } from "react";
import type { FlightsClient } from "@/flights/client";

export interface ProfilePoint {
  readonly timeMs: number;
  readonly altitudeFt: number | null;
  readonly speedKt: number | null;
  readonly isOnGround: boolean;
}

const MOST_POINTS = 900;

/** Call again with each pulse of the client. Up to the moment that is shown. */
export function useProfile(client: FlightsClient | null, selected: number | null) {
  const recent = useRef<ProfilePoint[]>([]);

  useEffect(() => {
    recent.current = [];
    if (client === null || selected === null) return;
    const add = () => {
      const row = client.live.rowOf(selected);
      const timeMs = client.serverTimeMs();
      if (row < 0 || timeMs - (recent.current.at(-1)?.timeMs ?? 0) < 900) return;
      recent.current = [
        ...recent.current.slice(1 - MOST_POINTS),
        {
          timeMs,
          altitudeFt: client.live.altitudeFt(row),
          speedKt: client.live.groundSpeedKt(row),
          isOnGround: client.live.isOnGround(row),
        },
      ];
    };
    add();
    return client.subscribe(add);
  }, [client, selected]);

  return (): readonly ProfilePoint[] => {
    if (client === null || selected === null) return [];
    const untilMs = client.shownTimeMs();
    const sinceMs = recent.current[0]?.timeMs ?? Number.POSITIVE_INFINITY;
    const earlier = client.earlier.pointsOf(selected).filter(({ timeMs }) => timeMs < Math.min(untilMs, sinceMs));
    return [...earlier, ...recent.current.filter(({ timeMs }) => timeMs <= untilMs)];
  };
}
