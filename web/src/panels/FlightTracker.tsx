// The page: connects the client, the map and the panels. Holds what a person chose; nothing here changes with every
// position.
"use client";

import { localTimeMs } from "@flighttracker/client";
import { useCallback, useEffect, useRef } from "react";
import { hasAny, hasShown } from "@/flights/anyAircraft";
import { countFilters, hasFilters, NO_FILTERS } from "@/flights/filters";
import { NO_CONNECTION } from "@/flights/workerMessages";
import type { MapHandle } from "@/map/FlightMap";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { useAlerts } from "./alerts/useAlerts";
import { wordsFor } from "./connectionWords";
import { Dialogs, useDialog } from "./Dialogs";
import { Header } from "./Header";
import { MapArea } from "./MapArea";
import { PanelContent } from "./PanelContent";
import {
  AlertNoticePart,
  CardPart,
  DebugHandlePart,
  FilterChipsPart,
  LinkedFlightPart,
  PastBannerPart,
  TimelinePart,
} from "./parts";
import { usePreferences } from "./preferences/Preferences";
import { SidePanel } from "./SidePanel";
import { sourceBanner } from "./sourceWords";
import { useHistory } from "./statistics/useHistory";
import { usePast } from "./timeline/usePast";
import { useActions } from "./useActions";
import { useFilters } from "./useFilters";
import { useFirstPicture } from "./useFirstPicture";
import { useFlights, useSnapshot } from "./useFlights";
import { useOnline } from "./useOnline";
import { usePageHints } from "./usePageHints";
import { usePageView } from "./usePageView";
import { useSources } from "./useSources";
import { isWide, useWide } from "./wide";

export function FlightTracker() {
  const texts = useTexts();
  const formats = useFormats();
  const { theme } = usePreferences();
  const flights = useFlights();
  const running = flights === "unsupported" ? null : flights;
  const client = running?.client ?? null;
  const denial = running?.denial ?? null;
  const snapshot = useSnapshot(client);
  const { connection, pulse } = snapshot;
  const held = useFilters(client);
  const { filters, setFilters } = held;
  const view = usePageView();
  const { mode, selected, change } = view;
  const isOnline = useOnline();
  const hasRoom = useWide();
  const map = useRef<MapHandle | null>(null);
  const history = useHistory(client);
  const hints = usePageHints(client, held.givenTerms);
  const { hasPicture, isDrawn } = useFirstPicture(map, pulse);
  const alerts = useAlerts(isDrawn ? client : null);
  const { player, past } = usePast(isDrawn && running?.config.hasHistory ? client : null, filters, map);
  const [dialog, setDialog] = useDialog(denial, hasPicture);
  const { act, togglePast } = useActions({
    view,
    player,
    past,
    place: () => map.current?.place() ?? null,
    openDialog: setDialog,
    passHint: hints.pass,
  });

  useEffect(() => client?.select(selected), [client, selected]);
  // Lists and counts are by name, the search is, and so may links be, and alerts that a person has made.
  const isLinkOpen = view.hasLink && selected === null;
  const areNamesNeeded = mode !== "map" || dialog === "search" || isLinkOpen || alerts.alerts.rules.length > 1;
  useEffect(() => (isDrawn ? client?.needNames(areNamesNeeded) : undefined), [client, areNamesNeeded, isDrawn]);
  const choose = useCallback(
    (icao24: number) => {
      change(isWide() || mode !== "table" ? { selected: icao24 } : { selected: icao24, mode: "split" });
      map.current?.showAircraft(icao24);
    },
    [change, mode],
  );
  const chooseAlerted = (icao24: number) => {
    alerts.read();
    // Alerts are about the present, also while a moment of the past is shown.
    player?.end();
    choose(icao24);
  };

  const isBesideTable = hasRoom && mode === "table";
  const reveal = useCallback(() => map.current?.reveal(), []);
  const card = client !== null && selected !== null && (
    <CardPart
      client={client}
      isInSheet={!hasRoom}
      onClose={() => view.select(null)}
      onPlaced={reveal}
      onShow={() => {
        if (isBesideTable) view.show("split");
        map.current?.showAircraft(selected);
      }}
      photos={running?.config.photos ?? null}
      selected={selected}
    />
  );

  const sources = useSources(running, isDrawn && connection?.phase === "live");
  const nowMs = localTimeMs();
  const words = wordsFor(
    flights === "unsupported" ? { ...NO_CONNECTION, phase: flights } : connection,
    { nowMs, serverTimeMs: client?.serverTimeMs() ?? nowMs, isOnline, denial },
    texts,
    formats,
  );
  // Before the first picture the number of aircraft is unknown, not zero. Counts wait until the map has drawn it: to
  // format the first number costs a browser as long as a whole frame.
  const isCounted = isDrawn || (connection?.pictureTimeMs != null && !hasPicture);
  const statistics = past.statistics ?? (isCounted ? (pulse?.statistics ?? null) : null);

  return (
    <div className="flex h-dvh flex-col">
      {/* Not in the layout's metadata: there it would come back in English after the page is up. */}
      <title>{texts.title}</title>
      <Header
        isPast={past.isOn}
        hasPast={past.history !== null}
        mode={mode}
        onAction={act}
        onMode={view.show}
        shown={statistics?.shown ?? null}
        theme={theme}
        total={statistics?.total ?? null}
        tracker={connection?.tracker || running?.config.tracker || ""}
        words={words}
      />
      {player !== null && past.isOn && <PastBannerPart onLive={togglePast} player={player} state={past} />}
      <main className="relative flex min-h-0 flex-1" data-past={past.isOn} data-waiting={past.isWaiting}>
        <MapArea
          alert={
            <div role="status">
              {alerts.latest.length > 0 && (
                <AlertNoticePart
                  events={alerts.latest}
                  onClose={alerts.closeLatest}
                  onList={() => view.showTab("alerts")}
                  onShow={chooseAlerted}
                />
              )}
            </div>
          }
          alertAreas={alerts.areas}
          card={hasRoom && !isBesideTable && card}
          client={client}
          gatewayConfig={running?.config ?? null}
          legendFor={isCounted ? statistics : null}
          hasNoMatch={
            hasFilters(filters) &&
            hasAny(statistics) &&
            !hasShown(statistics) &&
            (past.isOn || pulse?.lacksNames === false)
          }
          hints={hints}
          isEmpty={
            !past.isOn &&
            connection?.phase === "live" &&
            !connection.isStale &&
            statistics !== null &&
            !hasAny(statistics)
          }
          map={map}
          onClearFilters={() => setFilters(NO_FILTERS)}
          onReconnect={() => client?.hurry()}
          onSignIn={() => setDialog("signIn")}
          sources={past.isOn ? null : sourceBanner(sources, texts.sources, formats)}
          view={view}
          words={words}
        />
        <SidePanel
          card={!hasRoom && card}
          chips={hasFilters(filters) && <FilterChipsPart filters={filters} onChange={setFilters} />}
          filterCount={countFilters(filters)}
          onSettled={reveal}
          statistics={statistics}
          unread={alerts.alerts.unread}
          view={view}
        >
          <PanelContent
            alerts={alerts}
            client={client}
            filters={held}
            history={history}
            map={map}
            onChoose={choose}
            onChooseAlerted={chooseAlerted}
            past={past}
            snapshot={snapshot}
            sources={sources}
            statistics={statistics}
            view={view}
            words={words}
          />
        </SidePanel>
        {/* Beside the table, which it would cover as it does the map. */}
        {isBesideTable && card && <div className="relative w-[21.5rem] flex-none border-line border-l">{card}</div>}
      </main>
      {player !== null && past.history !== null && <TimelinePart player={player} state={past} />}
      {client !== null && (isDrawn || denial !== null || connection?.phase === "outdated") && (
        <DebugHandlePart client={client} map={map} />
      )}
      {client !== null && isDrawn && view.hasLink && <LinkedFlightPart client={client} pass={hints.pass} view={view} />}
      <Dialogs
        dialog={dialog}
        flights={running}
        onClose={() => setDialog(null)}
        search={{ client, filters, map, setFilters, view, act, onChoose: choose }}
      />
    </div>
  );
}
