// The page: wires the client, the map and the panels together. Holds what a person chose and nothing that changes with
// every position.
"use client";

import dynamic from "next/dynamic";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { localTimeMs } from "@/flights/clock";
import { countFilters, hasFilters, MOST_TERMS, NO_FILTERS } from "@/flights/filters";
import type { Statistics } from "@/flights/statistics";
import type { Connection } from "@/flights/workerMessages";
import type { MapHandle } from "@/map/FlightMap";
import type { RendererKind } from "@/map/renderer";
import type { Texts } from "@/texts/en";
import { type Formats, UNITS } from "@/texts/formats";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { afterPicture } from "./afterPicture";
import { AlertNotice } from "./alerts/AlertNotice";
import { useAlerts } from "./alerts/useAlerts";
import { useProfile } from "./card/useProfile";
import { wordsFor } from "./connectionWords";
import { exposeDebugHandle } from "./debugHandle";
import { FilterChips } from "./FilterChips";
import { Header } from "./Header";
import { Legend } from "./Legend";
import { placeText, withPlace } from "./mapView";
import { Notices } from "./Notices";
import { replaceInAddress, type TabName } from "./pageUrl";
import {
  AlertsPart,
  CardPart,
  FilterPart,
  HelpPart,
  preloadParts,
  ReplayPart,
  SettingsPart,
  SignInPart,
  StatisticsPart,
  TablePart,
} from "./parts";
import { keepOffline } from "./preferences/keepOffline";
import { usePreferences } from "./preferences/Preferences";
import { useReplay } from "./replay/useReplay";
import { SidePanel } from "./SidePanel";
import { copy, linkTo } from "./share";
import { type Action, useShortcuts } from "./shortcuts";
import { useHistory } from "./statistics/useHistory";
import { useFilters } from "./useFilters";
import { useFlights, useSnapshot } from "./useFlights";
import { useClockHints, useHints } from "./useHints";
import { useOnline } from "./useOnline";
import { usePageView, WIDE } from "./usePageView";

const loadMap = () => import("@/map/FlightMap").then(({ FlightMap: Component }) => Component);
// It is needed as soon as the configuration is there: both come at the same time. One that did not come is asked for again.
if (typeof window !== "undefined")
  loadMap().catch((error: unknown) => console.warn("the map did not load yet:", error));
const FlightMap = dynamic(loadMap, { ssr: false });

export function FlightTracker() {
  const texts = useTexts();
  const formats = useFormats();
  const { preferences, theme, language, isStorageRefused, change: prefer } = usePreferences();
  const flights = useFlights();
  const running = flights === "unsupported" ? null : flights;
  const client = running?.client ?? null;
  const { connection, pulse } = useSnapshot(client);
  const { filters, givenTerms, setFilters } = useFilters(client);
  const { mode, tab, selected, sort, change } = usePageView();
  const isOnline = useOnline();
  const [dialog, setDialog] = useState<"help" | "settings" | "signIn" | null>(null);
  const map = useRef<MapHandle | null>(null);
  const search = useRef<HTMLInputElement>(null);
  const { player, replay } = useReplay(client, filters, map);
  const history = useHistory(client);
  const profileNow = useProfile(client, player, selected);
  const alerts = useAlerts(client);
  const hinting = useHints();
  const { hints, add: addHint, pass: passHint, close: closeHint, closed } = hinting;
  useClockHints(client, hinting);

  useEffect(() => (client === null ? undefined : exposeDebugHandle(client, () => map.current)), [client]);
  useEffect(() => client?.select(selected), [client, selected]);
  useEffect(() => {
    if (isStorageRefused && !closed.has("storage")) addHint("storage", texts.notices.storageRefused);
  }, [isStorageRefused, closed, addHint, texts]);
  useEffect(() => {
    if (givenTerms === null) return;
    addHint("terms", texts.notices.tooManyTerms(formats.count(MOST_TERMS), formats.count(givenTerms)));
  }, [givenTerms, addHint, texts, formats]);
  const hasPicture = pulse !== null && pulse.statistics.total > 0;
  const [isDrawn, setDrawn] = useState(false);
  useEffect(() => {
    if (!hasPicture) return;
    return afterPicture(map, () => {
      setDrawn(true);
      preloadParts();
      keepOffline();
    });
  }, [hasPicture]);

  const denial = running?.denial ?? null;
  useEffect(() => {
    // Over a picture that is still shown, the banner is enough.
    if (denial !== null && !hasPicture) setDialog("signIn");
  }, [denial, hasPicture]);

  const gatewayConfig = running?.config ?? null;
  const config = useMemo(
    () => (gatewayConfig === null ? null : withPlace(gatewayConfig, window.location.search)),
    [gatewayConfig],
  );
  const onRenderer = useCallback(
    (kind: RendererKind, reason: string) => {
      if (kind === "canvas" && reason !== "") addHint("canvas", texts.notices.canvas(reason));
    },
    [addHint, texts],
  );
  const select = useCallback((icao24: number | null) => change({ selected: icao24 }), [change]);
  const choose = useCallback(
    (icao24: number) => {
      change(window.matchMedia(WIDE).matches ? { selected: icao24 } : { selected: icao24, mode: "map" });
      map.current?.showAircraft(icao24);
    },
    [change],
  );
  const ready = useCallback((handle: MapHandle | null) => {
    map.current = handle;
  }, []);
  const moved = useCallback((latitudeDeg: number, longitudeDeg: number, zoom: number) => {
    replaceInAddress({ at: placeText(latitudeDeg, longitudeDeg, zoom) });
  }, []);
  const showTab = (name: TabName) => change(mode === "map" ? { tab: name, mode: "split" } : { tab: name });
  const toggleReplay = () => {
    if (replay.isOn) player?.end();
    else if (player?.begin() !== true) passHint("replay", texts.replay.start);
  };
  const share = async () => {
    const isCopied = await copy(linkTo(window.location.href, { preferences, language, mode }));
    passHint("link", isCopied ? texts.notices.linkCopied : texts.notices.linkNotCopied);
  };
  const act = (action: Action) => {
    if (action === "help" || action === "settings") setDialog(action);
    else if (action === "search") search.current?.focus();
    else if (action === "map" || action === "split" || action === "table") change({ mode: action });
    else if (action === "replay") toggleReplay();
    else if (action === "theme") prefer({ theme: theme === "dark" ? "light" : "dark" });
    else if (action === "units") {
      prefer({ units: UNITS[(UNITS.indexOf(preferences.units) + 1) % UNITS.length] as (typeof UNITS)[number] });
    } else if (action === "share") void share();
    else if (action !== "close") showTab(action);
    else if (document.activeElement === search.current) search.current?.blur();
    else if (selected !== null) select(null);
    else if (replay.isOn) player?.end();
  };
  useShortcuts(preferences.hasShortcuts, act, replay.isOn ? () => player?.play(!replay.isPlaying) : null);

  const nowMs = localTimeMs();
  const words = wordsFor(
    flights === "unsupported" ? UNSUPPORTED : connection,
    { nowMs, serverTimeMs: client?.serverTimeMs() ?? nowMs, isOnline, denial },
    texts,
    formats,
  );
  // Before the first picture nobody knows how many there are: it is not none. Counts wait until it is drawn, because the
  // first number that is written as the language wants it costs a browser as long as a whole frame.
  const isCounted = isDrawn || (connection?.pictureTimeMs != null && !hasPicture);
  const statistics = replay.statistics ?? (isCounted ? (pulse?.statistics ?? null) : null);
  const content = (name: TabName) => {
    if (name === "alerts") {
      return <AlertsPart areaOfMap={() => map.current?.area() ?? null} handle={alerts} onSelect={choose} />;
    }
    if (client === null || pulse === null || statistics === null) {
      return <p className="p-4 text-muted text-sm">{texts.panel.waiting}</p>;
    }
    if (name === "filters") return <FilterPart filters={filters} onChange={setFilters} statistics={statistics} />;
    if (name === "statistics") {
      return history === null ? null : (
        <StatisticsPart connection={connection} history={history} pulse={pulse} statistics={statistics} />
      );
    }
    return (
      <TablePart
        client={client}
        filterKey={JSON.stringify(filters)}
        onSelect={choose}
        onSort={(order) => change({ sort: order })}
        replay={replay}
        selected={selected}
        sort={sort}
      />
    );
  };

  return (
    <div className="flex h-dvh flex-col">
      {/* Not in the layout's metadata: there it would come back in English after the page is up. */}
      <title>{texts.title}</title>
      <Header
        isReplaying={replay.isOn}
        mode={mode}
        onAction={act}
        onMode={(next) => change({ mode: next })}
        onText={(text) => setFilters({ ...filters, text })}
        searchRef={search}
        shown={statistics?.shown ?? null}
        text={filters.text}
        theme={theme}
        total={statistics?.total ?? null}
        tracker={connection?.tracker || running?.config.tracker || ""}
        words={words}
      />
      <main className="relative flex min-h-0 flex-1">
        <div className="map-area absolute inset-0 isolate wide:relative wide:flex-1" data-mode={mode}>
          {client !== null && config !== null && (
            <FlightMap
              client={client}
              config={config}
              onMoved={moved}
              onReady={ready}
              onRenderer={onRenderer}
              onSelect={select}
              onTilesFailed={() => addHint("tiles", texts.notices.tilesFailed)}
              selected={selected}
              theme={theme}
            />
          )}
          {isCounted && !replay.isOn && <Legend theme={theme} />}
          <Notices
            alert={
              <AlertNotice
                events={alerts.latest}
                onClose={alerts.closeLatest}
                onList={() => showTab("alerts")}
                onShow={(icao24) => {
                  alerts.read();
                  choose(icao24);
                }}
              />
            }
            hasNoMatch={statistics !== null && statistics.total > 0 && statistics.shown === 0 && hasFilters(filters)}
            hints={hints}
            isBesideCard={selected !== null}
            isEmpty={connection?.phase === "live" && !connection.isStale && statistics?.total === 0}
            onClearFilters={() => setFilters(NO_FILTERS)}
            onCloseHint={closeHint}
            onReconnect={() => client?.hurry()}
            onSignIn={() => setDialog("signIn")}
            words={words}
          />
          {client !== null && selected !== null && (
            <CardPart
              client={client}
              onClose={() => select(null)}
              onShow={() => map.current?.showAircraft(selected)}
              profile={profileNow()}
              selected={selected}
            />
          )}
          {player !== null && replay.isOn && <ReplayPart onEnd={toggleReplay} player={player} state={replay} />}
        </div>
        <SidePanel
          chips={<FilterChips filters={filters} onChange={setFilters} />}
          content={content}
          filterCount={countFilters(filters)}
          mode={mode}
          onMode={(next) => change({ mode: next })}
          onTab={(name) => change({ tab: name })}
          summary={summaryOf(statistics, texts, formats)}
          tab={tab}
          unread={alerts.alerts.unread}
        />
      </main>
      {dialog === "help" && <HelpPart onClose={() => setDialog(null)} />}
      {dialog === "settings" && (
        <SettingsPart
          onClose={() => setDialog(null)}
          onSignOut={running === null || running.tokens.current === "" ? null : running.signOut}
          version={running?.config.version ?? ""}
        />
      )}
      {dialog === "signIn" && running !== null && <SignInPart flights={running} onClose={() => setDialog(null)} />}
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
  shardCount: null,
  staleShards: [],
  staleSinceMs: null,
  tokenEndsMs: null,
  isStale: false,
  tickIntervalMs: 1000,
  pictureTimeMs: null,
};

function summaryOf(statistics: Statistics | null, texts: Texts, formats: Formats): string {
  if (statistics === null) return "…";
  const { shown, total } = statistics;
  return shown === total
    ? texts.aircraft(formats.counted(total))
    : texts.aircraftOf(formats.counted(shown), formats.counted(total));
}
