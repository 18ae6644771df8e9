// The player of a client as React sees it: made once, told of the filters, closed with the page.
"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import type { FlightsClient } from "@/flights/client";
import type { Filters } from "@/flights/filters";
import { ReplayPlayer, type ReplayState } from "./player";

const SOON_MS = 1_000;
const NONE: ReplayState = { isOn: false, isPlaying: false, speed: 5, statistics: null, version: 0 };

export function useReplay(
  client: FlightsClient | null,
  filters: Filters,
  touchMap: () => void,
): { player: ReplayPlayer | null; replay: ReplayState } {
  const [player, setPlayer] = useState<ReplayPlayer | null>(null);

  useEffect(() => {
    if (client === null) return;
    const made = new ReplayPlayer(client, touchMap);
    setPlayer(made);
    // The first moment as soon as there is a picture; the player takes the others.
    const timer = setInterval(() => {
      made.record();
      if (made.recording.moments.length > 0) clearInterval(timer);
    }, SOON_MS);
    return () => {
      clearInterval(timer);
      made.close();
      setPlayer(null);
    };
  }, [client, touchMap]);
  useEffect(() => player?.filter(filters), [player, filters]);

  const replay = useSyncExternalStore(player?.subscribe ?? nothing, player?.getState ?? none, none);
  return { player, replay };
}

function nothing(): () => void {
  return () => {};
}

function none(): ReplayState {
  return NONE;
}
