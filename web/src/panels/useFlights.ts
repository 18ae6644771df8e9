// Starts the worker once, and gives React the small values that the client publishes, at most about once a second.
// Positions are not among them.
"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import { FlightsClient, type Snapshot } from "@/flights/client";
import { gatewayUrl, loadConfig, type PageConfig } from "@/flights/config";
import { watchToken } from "@/flights/token";
import type { Connection } from "@/flights/workerMessages";

export interface Flights {
  readonly client: FlightsClient;
  readonly config: PageConfig;
}

const NOTHING: Snapshot = { connection: null, pulse: null, order: null };

/** Null until the browser has the page, the worker and the configuration. */
export function useFlights(): Flights | "unsupported" | null {
  const [flights, setFlights] = useState<Flights | "unsupported" | null>(null);

  useEffect(() => {
    if (typeof Worker === "undefined" || typeof DecompressionStream === "undefined") {
      setFlights("unsupported");
      return;
    }
    const url = gatewayUrl(window.location);
    const client = new FlightsClient(new Worker(new URL("../flights/worker.ts", import.meta.url), { type: "module" }));
    let isCurrent = true;
    let token = "";
    const load = async () => {
      const config = await loadConfig(url, token);
      if (isCurrent) setFlights({ client, config });
    };
    const forgetToken = watchToken(url, window, (newest) => {
      const isFirst = token === "";
      token = newest;
      client.showToken(newest);
      if (isFirst) void load();
    });
    client.open(url);
    if (token === "") void load();
    const hurry = () => client.hurry();
    window.addEventListener("online", hurry);
    return () => {
      isCurrent = false;
      forgetToken();
      window.removeEventListener("online", hurry);
      client.close();
    };
  }, []);

  return flights;
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

/** The client's snapshot, which keeps still when only the picture's time is new: that changes with every frame. */
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
