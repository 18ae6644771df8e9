// Kiosk mode, for a screen that nobody touches: no controls, the screen stays on, and the map goes from place to place or follows
// aircraft. Escape, or the button that the Tab key finds, leaves it.
"use client";

import { type RefObject, useCallback, useEffect } from "react";
import type { FlightsClient } from "@/flights/client";
import type { MapHandle } from "@/map/FlightMap";
import { useLaterTexts } from "@/texts/later";
import { useTexts } from "@/texts/TextsContext";
import { UtcClock } from "../UtcClock";
import { useSnapshot } from "../useFlights";
import type { HeldView } from "../usePageView";
import { busiestPlaces, followableRows, type KioskPlace, type KioskPlan } from "./kioskPlan";

interface Props {
  readonly client: FlightsClient;
  readonly map: RefObject<MapHandle | null>;
  readonly view: HeldView;
  readonly plan: KioskPlan;
  readonly first: KioskPlace;
  onLeave(): void;
}

const PLACE_MS = 20_000;
const FOLLOWED_MS = 60_000;
const MOST_BUSIEST = 3;

export function Kiosk({ client, map, view, plan, first, onLeave }: Props) {
  const { aircraft, title } = useTexts();
  const { display } = useLaterTexts();
  const { connection, pulse } = useSnapshot(client);
  useWakeLock();

  const { select } = view;
  useEffect(() => {
    let turn = 0;
    const next = () => {
      const handle = map.current;
      if (handle === null) return;
      if (plan.kind === "follow") {
        const rows = followableRows(client.rows);
        // A linked aircraft is followed first.
        const isLinked = turn++ === 0 && new URLSearchParams(window.location.search).has("flight");
        const row = rows[Math.floor(Math.random() * rows.length)];
        if (!isLinked && row !== undefined) select(client.rows.icao24[row] as number);
        handle.setFollowing(true);
        return;
      }
      const places = plan.kind === "places" ? plan.places : [first, ...busiestPlaces(client.rows, MOST_BUSIEST)];
      const place = places[turn++ % places.length] as KioskPlace;
      handle.goTo(place, place.zoom);
    };
    next();
    const timer = setInterval(next, plan.kind === "follow" ? FOLLOWED_MS : PLACE_MS);
    return () => clearInterval(timer);
  }, [client, map, plan, first, select]);

  const leave = useCallback(() => {
    map.current?.setFollowing(false);
    onLeave();
  }, [map, onLeave]);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      leave();
    };
    window.addEventListener("keydown", pressed, { capture: true });
    return () => window.removeEventListener("keydown", pressed, { capture: true });
  }, [leave]);

  return (
    <section
      aria-label={display.kiosk}
      className="map-overlay absolute top-4 right-4 z-[660] rounded-xl border border-line bg-raised/90 px-5 py-3 text-right shadow-lg"
    >
      <h1 className="font-medium text-base text-soft">{connection?.tracker || title}</h1>
      <UtcClock className="block font-semibold text-3xl text-ink tabular-nums" client={client} />
      {pulse !== null && <p className="text-muted text-sm">{aircraft({ count: pulse.statistics.shown })}</p>}
      <button className="sr-only text-accent text-sm underline focus:not-sr-only" onClick={leave} type="button">
        {display.leaveKiosk}
      </button>
    </section>
  );
}

/** Keep the screen on while the page is visible, where the browser can. */
function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let isOver = false;
    const ask = () => {
      if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
      navigator.wakeLock
        .request("screen")
        .then((granted) => {
          if (isOver) void granted.release();
          else lock = granted;
        })
        .catch((error: unknown) => console.warn("the screen may turn off:", error));
    };
    ask();
    // The browser takes the lock away when the page is hidden.
    document.addEventListener("visibilitychange", ask);
    return () => {
      isOver = true;
      document.removeEventListener("visibilitychange", ask);
      void lock?.release();
    };
  }, []);
}
