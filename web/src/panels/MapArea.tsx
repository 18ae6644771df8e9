// The map and what floats over it: legend, notices, the card of the selected aircraft.
"use client";

import dynamic from "next/dynamic";
import { type ReactNode, type RefObject, useCallback, useMemo } from "react";
import type { FlightsClient } from "@/flights/client";
import type { PageConfig } from "@/flights/config";
import type { Statistics } from "@/flights/statistics";
import type { AlertArea } from "@/map/alertAreas";
import type { MapHandle } from "@/map/FlightMap";
import type { ColourBy } from "@/map/mapOptions";
import type { RendererKind } from "@/map/renderer";
import { useTexts } from "@/texts/TextsContext";
import { placeText, withPlace } from "./mapView";
import { Notices } from "./Notices";
import { replaceInAddress } from "./pageUrl";
import { LegendPart, MapOverlaysPart } from "./parts";
import { usePreferences } from "./preferences/Preferences";
import type { useHints } from "./useHints";
import type { HeldView } from "./usePageView";
import { useWide } from "./wide";

const loadMap = () => import("@/map/FlightMap").then(({ FlightMap: Component }) => Component);
// Load the map while the configuration is loading: the page needs both. A failed load is retried.
if (typeof window !== "undefined")
  loadMap().catch((error: unknown) => console.warn("the map did not load yet:", error));
const FlightMap = dynamic(loadMap, { ssr: false });

type Notice = Pick<
  Parameters<typeof Notices>[0],
  "alert" | "hasNoMatch" | "isEmpty" | "onClearFilters" | "onReconnect" | "onSignIn" | "sources" | "words"
>;

interface Props extends Notice {
  readonly alertAreas: readonly AlertArea[];
  readonly client: FlightsClient | null;
  readonly gatewayConfig: PageConfig | null;
  readonly map: RefObject<MapHandle | null>;
  readonly view: HeldView;
  readonly hints: ReturnType<typeof useHints>;
  /** The card of the selected aircraft, where it is over the map. */
  readonly card: ReactNode;
  /** What the legend explains; null hides it. */
  readonly legendFor: Statistics | null;
}

export function MapArea(props: Props) {
  const { alertAreas, client, gatewayConfig, map, view, hints, card, legendFor, ...notices } = props;
  const texts = useTexts();
  const { theme } = usePreferences();
  const { selected, select } = view;
  const isWide = useWide();
  const config = useMemo(
    () => (gatewayConfig === null ? null : withPlace(gatewayConfig, window.location.search)),
    [gatewayConfig],
  );
  const ready = useCallback(
    (handle: MapHandle | null) => {
      map.current = handle;
    },
    [map],
  );
  const rendererChanged = (kind: RendererKind, reason: string) => {
    if (kind === "canvas" && reason !== "") hints.add("canvas", texts.notices.canvas({ reason }));
  };
  const moved = (latitudeDeg: number, longitudeDeg: number, zoom: number) =>
    replaceInAddress({ at: placeText(latitudeDeg, longitudeDeg, zoom) });
  const legend = (colourBy: ColourBy, drawnShare: number) =>
    legendFor !== null && (
      <LegendPart
        categories={legendFor.shownCategories}
        colourBy={colourBy}
        drawnShare={drawnShare}
        isOverMap={isWide}
        theme={theme}
      />
    );

  return (
    <div className="map-area absolute inset-0 isolate min-w-0 wide:relative wide:flex-1" data-mode={view.mode}>
      {client !== null && config !== null && (
        <FlightMap
          alertAreas={alertAreas}
          client={client}
          config={config}
          isWide={isWide}
          legend={legend}
          onAirport={view.showAirport}
          onMoved={moved}
          onReady={ready}
          onRenderer={rendererChanged}
          onSelect={select}
          onNotice={hints.add}
          selected={selected}
          theme={theme}
        />
      )}
      <Notices {...notices} hints={hints.hints} isBesideCard={Boolean(card)} onCloseHint={hints.close} />
      {legendFor !== null && client !== null && config !== null && (
        <MapOverlaysPart client={client} config={config} map={map} view={view} />
      )}
      {card}
    </div>
  );
}
