// What floats over the map and is rarely there: the bar of a drawing, rows of further selected aircraft, the UTC clock, kiosk
// mode. Loaded after the first picture.
"use client";

import { type RefObject, useMemo } from "react";
import type { FlightsClient } from "@/flights/client";
import type { PageConfig } from "@/flights/config";
import type { MapHandle } from "@/map/FlightMap";
import { AlsoRows } from "./AlsoRows";
import { Kiosk } from "./kiosk/Kiosk";
import { useKioskPlan } from "./kiosk/useKioskPlan";
import { usePreferences } from "./preferences/Preferences";
import { SketchBar } from "./sketch/SketchBar";
import { UtcClock } from "./UtcClock";
import type { HeldView } from "./usePageView";

interface Props {
  readonly client: FlightsClient;
  readonly config: PageConfig;
  readonly map: RefObject<MapHandle | null>;
  readonly view: HeldView;
}

export function MapOverlays({ client, config, map, view }: Props) {
  const { preferences } = usePreferences();
  const [plan, leaveKiosk] = useKioskPlan();
  const first = useMemo(() => {
    const [latitudeDeg, longitudeDeg, zoom] = config.defaultView;
    return { latitudeDeg, longitudeDeg, zoom };
  }, [config]);
  const choose = (icao24: number) => {
    view.select(icao24);
    map.current?.showAircraft(icao24);
  };
  return (
    <>
      <SketchBar map={map} />
      <AlsoRows client={client} onChoose={choose} />
      {plan !== null && <Kiosk client={client} first={first} map={map} onLeave={leaveKiosk} plan={plan} view={view} />}
      {plan === null && preferences.hasClock && (
        <UtcClock
          className="map-overlay utc-clock pointer-events-none absolute z-[500] rounded-md bg-raised/85 px-2 py-0.5 text-data text-soft tabular-nums"
          client={client}
        />
      )}
    </>
  );
}
