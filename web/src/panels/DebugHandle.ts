// `window.__flights`, which tests read. It uses the same rows, clock and layer that draw the map. Loaded after the first
// picture; renders nothing.
"use client";

import { type RefObject, useEffect } from "react";
import type { FlightsClient } from "@/flights/client";
import { mercatorX, mercatorY } from "@/flights/mercator";
import type { DecodeTime, Phase } from "@/flights/workerMessages";
import type { MapHandle } from "@/map/FlightMap";
import type { ShownPlace } from "@/map/flightLayer";
import { drawnTextsIn, type MapText } from "@/map/mapTexts";

interface DebugHandle {
  count(): { total: number; shown: number };
  readonly renderer: string | null;
  /** Where an aircraft (six hex digits) is drawn now. */
  rowsFor(icao24: string): ShownPlace | null;
  /** Addresses of the aircraft that are shown. */
  shown(): string[];
  /** The names and codes that the map draws in its view, pixels from its corner. */
  texts(): MapText[];
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
    texts: () => textsAt(map()?.place()),
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

/** @param place as in the page's address. */
function textsAt(place: string | undefined): MapText[] {
  const box = document.querySelector(".leaflet-container")?.getBoundingClientRect();
  if (box === undefined || place === undefined) return [];
  const { width, height } = box;
  const [latitude, longitude, zoom] = place.split(",").map(Number) as [number, number, number];
  const scale = 256 * 2 ** zoom;
  const left = mercatorX(longitude) * scale - width / 2;
  return drawnTextsIn({ scale, left, top: mercatorY(latitude) * scale - height / 2, width, height });
}
