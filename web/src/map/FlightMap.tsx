// The map as a React component: mounts its parts once, keeps them in sync with the props, and renders buttons and tooltip.
// Leaflet uses `window` when it is loaded, so this file is loaded in the browser only.
"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";
import "leaflet/dist/leaflet.css";
import type { FlightsClient } from "@/flights/client";
import type { PageConfig } from "@/flights/config";
import type { LatLon } from "@/flights/greatCircle";
import { HoverCardPart } from "@/panels/parts";
import { useFormats, useTexts } from "@/texts/TextsContext";
import type { AlertArea } from "./alertAreas";
import type { Box } from "./bounds";
import type { FlightLayer } from "./flightLayer";
import type { Hovered } from "./HoverCard";
import type { Here } from "./here";
import { MapControls } from "./MapControls";
import type { ColourBy } from "./mapOptions";
import { MapParts } from "./mapParts";
import type { Theme } from "./palette";
import { type RendererKind, wantedRenderer } from "./renderer";
import { type Tested, testedRenderer } from "./selfTest";
import { useMapOptions } from "./useMapOptions";

/** Starts as soon as this file is loaded, so the GPU compiles while the page hydrates. */
let begun: Promise<Tested> | null = testedRenderer(wantedRenderer(window.location.search));

export interface MapHandle {
  readonly layer: FlightLayer;
  /** The tracker's receiver; null if it names none. */
  readonly receiver: Here | null;
  showAircraft(icao24: number): void;
  /** Show a place in the middle of the free part of the map. */
  goTo(place: LatLon, zoom: number): void;
  /** Show a box, as large as it fits. */
  fit(box: Box): void;
  /** Follow the selected aircraft, or not. */
  setFollowing(isFollowing: boolean): void;
  /** Its longitude is that of the copy of the world that is shown. */
  middle(): LatLon;
  /** The middle and the zoom, as in the page's address. */
  place(): string;
  /** Keep the selected aircraft visible after what covers the map has changed. */
  reveal(): void;
  /** The area that the map shows, degrees; null while it has no size. West is greater than east across the 180th meridian. */
  area(): { readonly west: number; readonly south: number; readonly east: number; readonly north: number } | null;
}

interface Props {
  readonly client: FlightsClient;
  readonly config: PageConfig;
  readonly theme: Theme;
  readonly selected: number | null;
  readonly alertAreas: readonly AlertArea[];
  /** Whether the legend has a place of its own; otherwise it is among the options. */
  readonly isWide: boolean;
  legend(colourBy: ColourBy, drawnShare: number): ReactNode;
  onSelect(icao24: number | null): void;
  onReady(handle: MapHandle | null): void;
  onRenderer(kind: RendererKind, reason: string): void;
  /** A message for the viewer; one with the same key replaces it. */
  onNotice(key: string, text: string): void;
  onAirport(icao: string): void;
  /** The map has stopped at another place. */
  onMoved?(latitudeDeg: number, longitudeDeg: number, zoom: number): void;
}

export function FlightMap(props: Props) {
  const container = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const { client, config, theme, selected, alertAreas } = props;
  const { map: texts } = useTexts();
  const formats = useFormats();
  const [parts, setParts] = useState<MapParts | null>(null);
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const [drawnShare, setDrawnShare] = useState(1);
  const { options, change } = useMapOptions(selected);
  const changeLatest = useRef(change);
  changeLatest.current = change;

  useEffect(() => {
    let made: MapParts | null = null;
    let isOver = false;
    const make = (tested: Tested) => {
      if (isOver || container.current === null) {
        tested.renderer.dispose();
        return;
      }
      const parts = new MapParts(container.current, client, config, tested, {
        hovered: (icao24, x, y) => setHovered(icao24 === null ? null : { icao24, x, y }),
        selected: (icao24) => latest.current.onSelect(icao24),
        // Rounded: it changes with each frame.
        thinned: (drawn, shown) => setDrawnShare(drawn < shown ? Math.ceil((10 * drawn) / shown) / 10 : 1),
        rendererChanged: (kind, reason) => latest.current.onRenderer(kind, reason),
        airport: (icao) => latest.current.onAirport(icao),
        notice: (key, text) => latest.current.onNotice(key, text),
        chosen: (baseMap) => changeLatest.current({ baseMap }),
        moved: (latitudeDeg, longitudeDeg, zoom) => latest.current.onMoved?.(latitudeDeg, longitudeDeg, zoom),
        followEnded: () => changeLatest.current({ isFollowing: false }),
      });
      made = parts;
      setParts(parts);
      latest.current.onReady({
        layer: parts.layer,
        receiver: config.receiver && { kind: "receiver", ...config.receiver },
        showAircraft: (icao24) => parts.showAircraft(icao24),
        goTo: (place, zoom) => parts.goTo(place, zoom),
        fit: (box) => parts.fit(box),
        reveal: () => parts.reveal(),
        place: () => parts.place(),
        middle: () => parts.middle(),
        setFollowing: (isFollowing) => changeLatest.current({ isFollowing }),
        area: () => parts.area(),
      });
    };
    const testing = begun ?? testedRenderer(wantedRenderer(window.location.search));
    begun = null;
    testing.then(make).catch((error: unknown) => console.warn("the aircraft cannot be drawn:", error));
    return () => {
      isOver = true;
      latest.current.onReady(null);
      made?.remove();
      setParts(null);
    };
  }, [client, config]);

  useEffect(() => parts?.setTheme(theme), [parts, theme]);
  useEffect(() => parts?.setAlertAreas(alertAreas), [parts, alertAreas]);
  useEffect(() => parts?.setFormats(formats), [parts, formats]);
  useEffect(() => {
    parts?.select(selected);
    parts?.setOptions(options);
  }, [parts, selected, options]);

  const legend = props.legend(options.colourBy, drawnShare);
  return (
    <section aria-label={texts.label} className="relative h-full w-full">
      <div ref={container} className="h-full w-full" />
      <MapControls
        backdrop={parts?.backdrop ?? null}
        hasHistory={config.hasHistory}
        hasSelected={selected !== null}
        legend={!props.isWide && legend}
        onChange={change}
        onFitAll={() => parts?.fitAll()}
        onFitRoute={() => parts?.fitRoute()}
        options={options}
      />
      {props.isWide && legend}
      {hovered !== null && hovered.icao24 !== selected && <HoverCardPart client={client} hovered={hovered} />}
    </section>
  );
}
