// The page: wires the client, the map and the panels together. Holds what a person chose (filters, selection, view mode,
// theme) and nothing that changes with every position.
"use client";

import dynamic from "next/dynamic";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { localTimeMs } from "@/flights/clock";
import { hasFilters, NO_FILTERS } from "@/flights/filters";
import type { Connection } from "@/flights/workerMessages";
import type { MapHandle } from "@/map/FlightMap";
import type { RendererKind } from "@/map/renderer";
import { wordsFor } from "./connectionWords";
import { DetailCard } from "./DetailCard";
import { exposeDebugHandle } from "./debugHandle";
import { FilterChips } from "./FilterChips";
import { FilterPanel } from "./FilterPanel";
import { FlightTable } from "./FlightTable";
import { formatCount } from "./format";
import { Header, type ViewMode } from "./Header";
import { Legend } from "./Legend";
import { Notices } from "./Notices";
import { SidePanel, type TabName } from "./SidePanel";
import { StatisticsPanel } from "./StatisticsPanel";
import { useFilters } from "./useFilters";
import { useFlights, useSnapshot } from "./useFlights";
import { useTheme } from "./useTheme";

const FlightMap = dynamic(() => import("@/map/FlightMap").then(({ FlightMap: Component }) => Component), {
  ssr: false,
});

const TILES_FAILED = "The map tiles cannot be loaded; this is the built-in map.";

export function FlightTracker() {
  const flights = useFlights();
  const running = flights === "unsupported" ? null : flights;
  const client = running?.client ?? null;
  const { connection, pulse } = useSnapshot(client);
  const { theme, toggleTheme } = useTheme();
  const { filters, setFilters } = useFilters(client);
  const [mode, setMode] = useState<ViewMode>("map");
  const [selected, setSelected] = useState<number | null>(null);
  const [hints, setHints] = useState<readonly string[]>([]);
  const map = useRef<MapHandle | null>(null);

  useEffect(() => {
    if (window.matchMedia("(min-width: 900px)").matches) setMode("split");
  }, []);
  useEffect(() => (client === null ? undefined : exposeDebugHandle(client, () => map.current)), [client]);
  useEffect(() => client?.select(selected), [client, selected]);

  const addHint = useCallback((hint: string) => setHints((all) => (all.includes(hint) ? all : [...all, hint])), []);
  const onRenderer = useCallback(
    (kind: RendererKind, reason: string) => {
      if (kind === "canvas" && reason !== "") addHint(`Drawing without WebGL2 (${reason}): motion is less smooth.`);
    },
    [addHint],
  );
  const wantedRenderer = useMemo<RendererKind>(
    () =>
      typeof window !== "undefined" && new URLSearchParams(window.location.search).get("renderer") === "canvas"
        ? "canvas"
        : "webgl2",
    [],
  );
  const choose = useCallback((icao24: number) => {
    setSelected(icao24);
    if (!window.matchMedia("(min-width: 900px)").matches) setMode("map");
    map.current?.showAircraft(icao24);
  }, []);
  const ready = useCallback((handle: MapHandle | null) => {
    map.current = handle;
  }, []);

  const words = wordsFor(
    flights === "unsupported" ? UNSUPPORTED : connection,
    localTimeMs(),
    client?.serverTimeMs() ?? localTimeMs(),
  );
  const statistics = pulse?.statistics ?? null;
  const filterKey = JSON.stringify(filters);
  const content = (tab: TabName) => {
    if (client === null || pulse === null)
      return <p className="p-4 text-muted text-sm">Waiting for the first picture …</p>;
    if (tab === "flights") {
      return <FlightTable client={client} filterKey={filterKey} onSelect={choose} selected={selected} />;
    }
    if (tab === "statistics") return <StatisticsPanel connection={connection} pulse={pulse} />;
    return <FilterPanel filters={filters} onChange={setFilters} statistics={pulse.statistics} />;
  };

  return (
    <div className="flex h-dvh flex-col">
      <Header
        mode={mode}
        onMode={setMode}
        onText={(text) => setFilters({ ...filters, text })}
        onTheme={toggleTheme}
        shown={statistics?.shown ?? null}
        text={filters.text}
        theme={theme}
        total={statistics?.total ?? null}
        tracker={connection?.tracker || running?.config.tracker || ""}
        words={words}
      />
      <main className="relative flex min-h-0 flex-1">
        <div className="map-area absolute inset-0 isolate wide:relative wide:flex-1" data-mode={mode}>
          {running !== null && (
            <FlightMap
              client={running.client}
              config={running.config}
              onReady={ready}
              onRenderer={onRenderer}
              onSelect={setSelected}
              onTilesFailed={() => addHint(TILES_FAILED)}
              selected={selected}
              theme={theme}
              wantedRenderer={wantedRenderer}
            />
          )}
          <Legend theme={theme} />
          <Notices
            hasNoMatch={statistics !== null && statistics.total > 0 && statistics.shown === 0 && hasFilters(filters)}
            hints={hints}
            isEmpty={connection?.phase === "live" && !connection.isStale && statistics?.total === 0}
            onClearFilters={() => setFilters(NO_FILTERS)}
            onCloseHint={(hint) => setHints((all) => all.filter((other) => other !== hint))}
            onReconnect={() => client?.hurry()}
            words={words}
          />
          {client !== null && selected !== null && (
            <DetailCard
              client={client}
              onClose={() => setSelected(null)}
              onShow={() => map.current?.showAircraft(selected)}
              selected={selected}
            />
          )}
        </div>
        <SidePanel
          chips={<FilterChips filters={filters} onChange={setFilters} />}
          content={content}
          filterCount={countOf(filters)}
          mode={mode}
          onMode={setMode}
          summary={summaryOf(statistics)}
        />
      </main>
    </div>
  );
}

const UNSUPPORTED: Connection = {
  phase: "unsupported",
  tracker: "",
  viewers: 0,
  attempt: 0,
  retryAtMs: null,
  lost: null,
  staleShards: [],
  isStale: false,
  tickIntervalMs: 1000,
  pictureTimeMs: null,
};

function countOf({ countries, statuses, minSpeedKt, maxSpeedKt, text }: typeof NO_FILTERS): number {
  const others = [minSpeedKt !== null, maxSpeedKt !== null, text.trim() !== ""].filter(Boolean).length;
  return countries.length + statuses.length + others;
}

function summaryOf(statistics: { shown: number; total: number } | null): string {
  if (statistics === null) return "…";
  const { shown, total } = statistics;
  return shown === total ? `${formatCount(total)} aircraft` : `${formatCount(shown)} of ${formatCount(total)} aircraft`;
}
