// React hooks for the running client and the small values that it publishes, about once a second. Positions are not
// among them.
"use client";

import { useSyncExternalStore } from "react";
import type { FlightsClient, Snapshot } from "@/flights/client";
import { type Flights, runningFlights, watchFlights } from "@/flights/running";
import type { Connection } from "@/flights/workerMessages";

const NOTHING: Snapshot = { connection: null, pulse: null, order: null };

/** Null until the worker has started and the configuration is loaded. */
export function useFlights(): Flights | "unsupported" | null {
  return useSyncExternalStore(watchFlights, runningFlights, () => null);
}

export function useSnapshot(client: FlightsClient | null): Snapshot {
  const source = client === null ? null : calmed(client);
  return useSyncExternalStore(
    source?.subscribe ?? subscribeToNothing,
    source?.getSnapshot ?? (() => NOTHING),
    () => NOTHING,
  );
}

interface CalmSource {
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => Snapshot;
}

const sources = new WeakMap<FlightsClient, CalmSource>();

/** The client's snapshot, unchanged when only `pictureTimeMs` differs, which every frame changes. */
function calmed(client: FlightsClient): CalmSource {
  let source = sources.get(client);
  if (source === undefined) {
    let held = client.getSnapshot();
    const getSnapshot = () => {
      const next = client.getSnapshot();
      const isCalm =
        next.pulse === held.pulse && next.order === held.order && saysTheSame(next.connection, held.connection);
      if (!isCalm) held = next;
      return held;
    };
    source = { subscribe: client.subscribe, getSnapshot };
    sources.set(client, source);
  }
  return source;
}

function saysTheSame(a: Connection | null, b: Connection | null): boolean {
  if (a === null || b === null) return a === b;
  const { pictureTimeMs: timeA, ...restA } = a;
  const { pictureTimeMs: timeB, ...restB } = b;
  return (timeA === null) === (timeB === null) && JSON.stringify(restA) === JSON.stringify(restB);
}

function subscribeToNothing(): () => void {
  return () => {};
}
