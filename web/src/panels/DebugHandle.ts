// `window.__flights`, which tests read. It uses the same rows, clock and layer that draw the map. Loaded after the first
// picture; renders nothing.
"use client";

import { type RefObject, useEffect } from "react";
import type { FlightsClient } from "@/flights/client";
import type { DecodeTime, Phase } from "@/flights/workerMessages";
import type { MapHandle } from "@/map/FlightMap";
import type { ShownPlace } from "@/map/flightLayer";

interface DebugHandle {
  count(): { total: number; shown: number };
  readonly renderer: string | null;
  /** Where an aircraft (six hex digits) is drawn now. */
  rowsFor(icao24: string): ShownPlace | null;
  /** Addresses of the aircraft that are shown. */
  shown(): string[];
  connection(): { phase: Phase | null; isStale: boolean };
  /** Script time of the last animation frames, milliseconds. */
  frameTimes(): number[];
  decodeTimes(): DecodeTime[];
}

declare global {
  interface Window {
    __flights?: DebugHandle;
  }
}

interface Props {
  readonly client: FlightsClient;
  readonly map: RefObject<MapHandle | null>;
}

export function DebugHandle({ client, map }: Props) {
  useEffect(() => expose(client, () => map.current), [client, map]);
  return null;
}

function expose(client: FlightsClient, map: () => MapHandle | null): () => void {
  const { rows } = client;
  const shownRows = () => Array.from({ length: rows.rowCount }, (_, row) => row).filter((row) => rows.shown[row] === 1);
  window.__flights = {
    count: () => ({
      total: rows.present.subarray(0, rows.rowCount).reduce((sum, present) => sum + present, 0),
      shown: shownRows().length,
    }),
    get renderer() {
      return map()?.layer.kind ?? null;
    },
    rowsFor: (icao24) => map()?.layer.placeOf(Number.parseInt(icao24, 16)) ?? null,
    shown: () => shownRows().map((row) => rows.icao24Text(row)),
    connection: () => {
      const { connection } = client.getSnapshot();
      return { phase: connection?.phase ?? null, isStale: connection?.isStale ?? false };
    },
    frameTimes: () => map()?.layer.frameTimesMs.toArray() ?? [],
    decodeTimes: () => client.decodeTimes.toArray(),
  };
  return () => {
    delete window.__flights;
  };
}
