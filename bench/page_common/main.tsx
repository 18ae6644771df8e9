// The common way to draw aircraft in a browser, as a peer for `make bench-page`: JSON over a WebSocket into React state,
// a component for each aircraft, which owns a Leaflet marker. `?aircraft=` says how many. It is written as one would
// write it with care: components are memoised, and only markers whose aircraft moved are touched.
import L from "leaflet";
import { createElement, memo, useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import "leaflet/dist/leaflet.css";

interface Flight {
  readonly icao24: string;
  readonly callsign: string | null;
  readonly latitude_deg: number;
  readonly longitude_deg: number;
  readonly track_deg: number | null;
  readonly baro_altitude_m: number | null;
}

interface Frames {
  readonly type: string;
  readonly frames?: readonly { readonly removed: readonly string[]; readonly flights: readonly Flight[] }[];
}

const MOST = Number(new URLSearchParams(location.search).get("aircraft") ?? 1_000);
const PLANE =
  "M0-29 2.500-26 4-21 4-8 28 8 28 13 4 6 3 17 11 23 11 28 0 25-11 28-11 23-3 17-4 6-28 13-28 8-4-8-4-21-2.500-26Z";
const map = L.map("map", { center: [30, 5], zoom: 3, attributionControl: false });

function iconOf({ track_deg, baro_altitude_m }: Flight): L.DivIcon {
  const hue = 20 + (220 * (baro_altitude_m ?? 0)) / 13_000;
  const turn = `rotate(${Math.round(track_deg ?? 0)})`;
  const html = `<svg width="16" height="16" viewBox="-32 -32 64 64"><path transform="${turn}" fill="hsl(${hue} 90% 60%)" d="${PLANE}"/></svg>`;
  return L.divIcon({ html, className: "", iconSize: [16, 16] });
}

const Marker = memo(function Marker({ flight }: { readonly flight: Flight }) {
  const marker = useRef<L.Marker | null>(null);
  useEffect(() => {
    const made = L.marker([0, 0]).addTo(map);
    marker.current = made;
    return () => void made.remove();
  }, []);
  useEffect(() => {
    marker.current?.setLatLng([flight.latitude_deg, flight.longitude_deg]).setIcon(iconOf(flight));
  }, [flight]);
  return null;
});

function App() {
  const [flights, setFlights] = useState<ReadonlyMap<string, Flight>>(new Map());
  useEffect(() => {
    const socket = new WebSocket(location.href.replace(/^http/, "ws").replace(/\/[^/]*$/, "/ws"), "flights.v1.json");
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data) as Frames;
      if (message.frames === undefined) return;
      setFlights((before) => {
        const after = new Map(before);
        for (const { removed, flights: changed } of message.frames ?? []) {
          for (const icao24 of removed) after.delete(icao24);
          for (const flight of changed) {
            if (after.size < MOST || after.has(flight.icao24)) after.set(flight.icao24, flight);
          }
        }
        return after;
      });
    };
    return () => socket.close();
  }, []);
  document.body.dataset.aircraft = String(flights.size);
  return [...flights.values()].map((flight) => createElement(Marker, { key: flight.icao24, flight }));
}

createRoot(document.getElementById("root") as HTMLElement).render(createElement(App));
