// The player of the past as a React hook: loaded after the first aircraft, kept in step with the filters and with the
// moment in the page's address, closed with the page.
"use client";

import { type RefObject, useEffect, useState, useSyncExternalStore } from "react";
import type { FlightsClient } from "@/flights/client";
import type { Filters } from "@/flights/filters";
import type { MapHandle } from "@/map/FlightMap";
import { type PastState, PRESENT } from "./pastState";
import type { PastPlayer } from "./player";

const RETRY_MS = 5_000;

/** @param client null until the first picture, which appears sooner without the past. */
export function usePast(
  client: FlightsClient | null,
  filters: Filters,
  map: RefObject<MapHandle | null>,
): { player: PastPlayer | null; past: PastState } {
  const [player, setPlayer] = useState<PastPlayer | null>(null);

  useEffect(() => {
    if (client === null) return;
    let stop = () => {};
    let retry: ReturnType<typeof setTimeout> | undefined;
    let isClosed = false;
    const load = (): void => {
      import("./startPast")
        .then(({ startPast }) => {
          if (isClosed) return;
          const made = startPast(
            client,
            () => map.current?.layer.touch(),
            () => map.current?.area() ?? null,
          );
          stop = made.stop;
          setPlayer(made.player);
        })
        .catch((error: unknown) => {
          console.warn("the timeline did not load yet:", error);
          retry = setTimeout(load, RETRY_MS);
        });
    };
    load();
    return () => {
      isClosed = true;
      clearTimeout(retry);
      stop();
      setPlayer(null);
    };
  }, [client, map]);
  useEffect(() => player?.filter(filters), [player, filters]);

  const past = useSyncExternalStore(player?.subscribe ?? nothing, player?.getState ?? none, none);
  return { player, past };
}

function nothing(): () => void {
  return () => {};
}

function none(): PastState {
  return PRESENT;
}
