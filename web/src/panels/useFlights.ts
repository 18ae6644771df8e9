// Starts the worker once, and gives React the small values that the client publishes. Positions are not among them.
"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import { FlightsClient, type Snapshot } from "@/flights/client";
import { gatewayUrl, loadConfig, type PageConfig } from "@/flights/config";

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
    client.open(url);
    let isCurrent = true;
    void loadConfig(url).then((config) => {
      if (isCurrent) setFlights({ client, config });
    });
    const hurry = () => client.hurry();
    window.addEventListener("online", hurry);
    return () => {
      isCurrent = false;
      window.removeEventListener("online", hurry);
      client.close();
    };
  }, []);

  return flights;
}

export function useSnapshot(client: FlightsClient | null): Snapshot {
  return useSyncExternalStore(
    client?.subscribe ?? subscribeToNothing,
    client?.getSnapshot ?? (() => NOTHING),
    () => NOTHING,
  );
}

function subscribeToNothing(): () => void {
  return () => {};
}
