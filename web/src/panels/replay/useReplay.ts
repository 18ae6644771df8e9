// The replay player as a React hook: loaded after the first aircraft, kept in step with the filters, closed with the page.
"use client";

import { type RefObject, useEffect, useState, useSyncExternalStore } from "react";
import type { FlightsClient } from "@/flights/client";
import type { Filters } from "@/flights/filters";
import { hasAny } from "@/flights/statistics";
import type { MapHandle } from "@/map/FlightMap";
import { afterPicture } from "../afterPicture";
import type { ReplayPlayer, ReplayState } from "./player";

const NONE: ReplayState = { isOn: false, isPlaying: false, speed: 5, statistics: null, version: 0 };

export function useReplay(
  client: FlightsClient | null,
  filters: Filters,
  map: RefObject<MapHandle | null>,
): { player: ReplayPlayer | null; replay: ReplayState } {
  const [player, setPlayer] = useState<ReplayPlayer | null>(null);

  useEffect(() => {
    if (client === null) return;
    let made: ReplayPlayer | null = null;
    let isLoading = false;
    let isClosed = false;
    let callOff = () => {};
    // Runs once a second, so a load that failed is tried again.
    const unsubscribe = client.subscribe(() => {
      if (isLoading || !hasAny(client.getSnapshot().pulse?.statistics ?? null)) return;
      if (made !== null) {
        made.record();
        if (made.recording.moments.length > 0) unsubscribe();
        return;
      }
      isLoading = true;
      callOff = afterPicture(map, () => {
        import("./player")
          .then(({ ReplayPlayer: Player }) => {
            if (isClosed) return;
            made = new Player(client, () => map.current?.layer.touch());
            setPlayer(made);
          })
          .catch((error: unknown) => console.warn("the replay did not load yet:", error))
          .finally(() => {
            isLoading = false;
          });
      });
    });
    return () => {
      isClosed = true;
      callOff();
      unsubscribe();
      made?.close();
      setPlayer(null);
    };
  }, [client, map]);
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
