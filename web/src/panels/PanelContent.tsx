// The open tab of the side panel.
"use client";

import type { RefObject } from "react";
import type { FlightsClient, Snapshot } from "@/flights/client";
import type { Sources } from "@/flights/sources";
import type { Statistics } from "@/flights/statistics";
import type { MapHandle } from "@/map/FlightMap";
import { useTexts } from "@/texts/TextsContext";
import type { AlertsHandle } from "./alerts/useAlerts";
import type { ConnectionWords } from "./connectionWords";
import { AirportPart, AlertsPart, FilterPart, NearbyPart, StatisticsPart, TablePart } from "./parts";
import type { PulseHistory } from "./statistics/history";
import type { PastState } from "./timeline/pastState";
import type { HeldFilters } from "./useFilters";
import type { HeldView } from "./usePageView";
import { isWide } from "./wide";

interface Props {
  readonly client: FlightsClient | null;
  readonly snapshot: Snapshot;
  /** Null until the first picture. */
  readonly statistics: Statistics | null;
  readonly history: PulseHistory | null;
  readonly alerts: AlertsHandle;
  readonly filters: HeldFilters;
  readonly view: HeldView;
  readonly map: RefObject<MapHandle | null>;
  readonly past: PastState;
  readonly sources: Sources | null;
  readonly words: ConnectionWords;
  /** Select an aircraft and show it on the map. */
  onChoose(icao24: number): void;
  /** The same for one that an alert is about. */
  onChooseAlerted(icao24: number): void;
}

export function PanelContent(props: Props) {
  const {
    client,
    snapshot,
    statistics,
    history,
    alerts,
    filters,
    view,
    map,
    past,
    sources,
    words,
    onChoose,
    onChooseAlerted,
  } = props;
  const { panel } = useTexts();
  const { connection, pulse } = snapshot;

  if (view.tab === "alerts") {
    return (
      <AlertsPart
        areaOfMap={() => map.current?.area() ?? null}
        handle={alerts}
        onDraw={() => (!isWide() || view.mode === "table") && view.show(isWide() ? "split" : "map")}
        onDrawn={() => view.change(isWide() ? { tab: "alerts" } : { tab: "alerts", mode: "split" })}
        onSelect={onChooseAlerted}
      />
    );
  }
  if (client === null || pulse === null || statistics === null) {
    return <p className="p-4 text-muted text-sm">{words.tone === "bad" ? words.sentence : panel.waiting}</p>;
  }
  if (view.tab === "airport" && view.airport !== null) {
    return (
      <AirportPart
        client={client}
        filters={filters}
        hasHistory={past.history !== null}
        icao={view.airport}
        key={view.airport}
        map={map}
        onChoose={onChoose}
        onClose={() => view.showAirport(null)}
        pulse={pulse}
      />
    );
  }
  if (view.tab === "filters") {
    return <FilterPart filters={filters.filters} onChange={filters.setFilters} statistics={statistics} />;
  }
  if (view.tab === "nearby") return <NearbyPart client={client} map={map} onChoose={onChoose} />;
  if (view.tab === "statistics") {
    return history === null ? null : (
      <StatisticsPart
        connection={connection}
        history={history}
        isPast={past.isOn}
        pulse={pulse}
        sources={sources}
        statistics={statistics}
      />
    );
  }
  return (
    <TablePart
      client={client}
      filterKey={JSON.stringify(filters.filters)}
      map={map}
      onSelect={onChoose}
      onSort={(order) => view.change({ sort: order })}
      past={past}
      selected={view.selected}
      sort={view.sort}
    />
  );
}
