// View mode, tab, selection and sorting: in React and in the page's address, always the same in both.
"use client";

import { useCallback, useEffect, useMemo, useState } from "react";
import {
  addToHistory,
  type PageView,
  parametersOf,
  replaceInAddress,
  type TabName,
  type ViewMode,
  viewFromQuery,
} from "./pageUrl";
import { isWide } from "./wide";

export interface HeldView extends Omit<PageView, "mode"> {
  readonly mode: ViewMode;
  /** The page was opened with a link to a flight. */
  readonly hasLink: boolean;
  change(change: Partial<PageView>): void;
  select(icao24: number | null): void;
  show(mode: ViewMode): void;
  /** Choose a tab, and open the panel if it is closed. */
  showTab(name: TabName): void;
  /** Open the panel of an airport by its ICAO code; null closes it. */
  showAirport(icao: string | null): void;
}

export function usePageView(): HeldView {
  const [view, setView] = useState<PageView>(() => viewFromQuery(""));
  const [usualMode, setUsualMode] = useState<ViewMode>("map");
  const [hasLink, setHasLink] = useState(false);

  useEffect(() => {
    const read = () => setView(viewFromQuery(window.location.search));
    read();
    setHasLink(new URLSearchParams(window.location.search).has("flight"));
    if (isWide()) setUsualMode("split");
    window.addEventListener("popstate", read);
    return () => window.removeEventListener("popstate", read);
  }, []);

  const mode = view.mode ?? usualMode;
  const change = useCallback((changed: Partial<PageView>) => {
    setView((before) => ({ ...before, ...changed }));
    const { selected } = changed;
    const isNew = selected != null && selected !== viewFromQuery(window.location.search).selected;
    (isNew ? addToHistory : replaceInAddress)(parametersOf(changed));
  }, []);
  const select = useCallback((icao24: number | null) => change({ selected: icao24 }), [change]);
  const show = useCallback((next: ViewMode) => change({ mode: next }), [change]);
  const showTab = useCallback(
    (name: TabName) => change(mode === "map" ? { tab: name, mode: "split" } : { tab: name }),
    [change, mode],
  );
  const showAirport = useCallback(
    (airport: string | null) => {
      if (airport === null) change({ airport, tab: "flights" });
      else change(mode === "map" ? { airport, tab: "airport", mode: "split" } : { airport, tab: "airport" });
    },
    [change, mode],
  );
  return useMemo(
    () => ({ ...view, mode, hasLink, change, select, show, showTab, showAirport }),
    [view, mode, hasLink, change, select, show, showTab, showAirport],
  );
}
