// The map as a React component: mounts Leaflet once, keeps the layers in step with the props, draws the tooltip. Leaflet
// touches `window` when it is loaded, so the page loads this file in the browser only.
"use client";

import L from "leaflet";
import { useEffect, useRef, useState } from "react";
import "leaflet/dist/leaflet.css";
import type { FlightsClient } from "@/flights/client";
import type { PageConfig } from "@/flights/config";
import { BaseMap } from "./baseMap";
import { FlightLayer } from "./flightLayer";
import { HoverCard, type Hovered } from "./HoverCard";
import type { Theme } from "./palette";
import type { RendererKind } from "./renderer";
import { addTiles } from "./tiles";
import { TrailLine } from "./trailLine";

export interface MapHandle {
  readonly layer: FlightLayer;
  showAircraft(icao24: number): void;
  /** What the map shows, degrees; null while it has no size. West is greater than east over the 180th meridian. */
  area(): { readonly west: number; readonly south: number; readonly east: number; readonly north: number } | null;
}

interface Props {
  readonly client: FlightsClient;
  readonly config: PageConfig;
  readonly theme: Theme;
  readonly selected: number | null;
  readonly wantedRenderer: RendererKind;
  onSelect(icao24: number | null): void;
  onReady(handle: MapHandle | null): void;
  onRenderer(kind: RendererKind, reason: string): void;
  onTilesFailed(): void;
  /** The map came to rest somewhere else. */
  onMoved?(latitudeDeg: number, longitudeDeg: number, zoom: number): void;
}

interface Mounted {
  readonly map: L.Map;
  readonly layer: FlightLayer;
  readonly base: BaseMap;
  readonly trail: TrailLine;
}

export function FlightMap(props: Props) {
  const container = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [mounted, setMounted] = useState<Mounted | null>(null);
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const { client, config, theme, selected, wantedRenderer } = props;

  useEffect(() => {
    if (container.current === null) return;
    const map = createMap(container.current, config);
    const base = new BaseMap();
    addTiles(map, base, config, () => latest.current.onTilesFailed());
    const layer = new FlightLayer(
      map,
      client,
      {
        hovered: (icao24, x, y) => setHovered(icao24 === null ? null : { icao24, x, y }),
        selected: (icao24) => latest.current.onSelect(icao24),
        rendererChanged: (kind, reason) => latest.current.onRenderer(kind, reason),
      },
      wantedRenderer,
    );
    const trail = new TrailLine(map, client, layer);
    const observer = new ResizeObserver(() => map.invalidateSize({ animate: false }));
    observer.observe(container.current);
    map.on("moveend", () => {
      const { lat, lng } = map.getCenter().wrap();
      latest.current.onMoved?.(lat, lng, map.getZoom());
    });
    setMounted({ map, layer, base, trail });
    latest.current.onReady({
      layer,
      showAircraft: (icao24) => {
        const place = layer.placeOf(icao24);
        if (place !== null) map.setView([place.latitudeDeg, place.longitudeDeg], Math.max(map.getZoom(), 6));
      },
      area: () => {
        if (map.getSize().x === 0) return null;
        const bounds = map.getBounds();
        const isWorld = bounds.getEast() - bounds.getWest() >= 360;
        return {
          west: isWorld ? -180 : bounds.getSouthWest().wrap().lng,
          south: bounds.getSouth(),
          east: isWorld ? 180 : bounds.getNorthEast().wrap().lng,
          north: bounds.getNorth(),
        };
      },
    });
    return () => {
      latest.current.onReady(null);
      observer.disconnect();
      trail.remove();
      layer.remove();
      map.remove();
      setMounted(null);
    };
  }, [client, config, wantedRenderer]);

  useEffect(() => {
    if (mounted === null) return;
    mounted.base.setTheme(theme);
    mounted.trail.setTheme(theme);
    mounted.layer.theme = theme;
    mounted.layer.touch();
  }, [mounted, theme]);

  useEffect(() => {
    mounted?.layer.select(selected);
    mounted?.trail.select(selected);
  }, [mounted, selected]);

  useEffect(() => {
    if (mounted === null) return;
    const query = window.matchMedia("(prefers-reduced-motion: reduce)");
    const apply = () => {
      mounted.layer.blends = !query.matches;
    };
    apply();
    query.addEventListener("change", apply);
    return () => query.removeEventListener("change", apply);
  }, [mounted]);

  return (
    <section aria-label="Map of aircraft" className="relative h-full w-full">
      <div ref={container} className="h-full w-full" />
      {hovered !== null && <HoverCard client={client} hovered={hovered} />}
    </section>
  );
}

function createMap(container: HTMLElement, config: PageConfig): L.Map {
  const [latitude, longitude, zoom] = config.defaultView;
  const map = L.map(container, {
    center: [latitude, longitude],
    zoom,
    minZoom: container.clientHeight > 1024 ? 3 : 2,
    maxZoom: 14,
    zoomControl: false,
    worldCopyJump: true,
    maxBounds: [
      [-85.06, Number.NEGATIVE_INFINITY],
      [85.06, Number.POSITIVE_INFINITY],
    ],
    maxBoundsViscosity: 1,
    attributionControl: false,
  });
  L.control.zoom({ position: "topright" }).addTo(map);
  L.control.attribution({ position: "bottomright", prefix: '<a href="https://leafletjs.com">Leaflet</a>' }).addTo(map);
  return map;
}
