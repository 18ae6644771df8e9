// View mode, tab, selection and sorting: in React and in the page's address, always the same in both.
"use client";

import { useCallback, useEffect, useState } from "react";
import { type PageView, parametersOf, replaceInAddress, type ViewMode, viewFromQuery } from "./pageUrl";

export const WIDE = "(min-width: 900px)";

interface HeldView extends Omit<PageView, "mode"> {
  readonly mode: ViewMode;
  change(change: Partial<PageView>): void;
}

export function usePageView(): HeldView {
  const [view, setView] = useState<PageView>(() => viewFromQuery(""));
  const [usualMode, setUsualMode] = useState<ViewMode>("map");

  useEffect(() => {
    const read = () => setView(viewFromQuery(window.location.search));
    read();
    if (window.matchMedia(WIDE).matches) setUsualMode("split");
    window.addEventListener("popstate", read);
    return () => window.removeEventListener("popstate", read);
  }, []);

  const change = useCallback((changed: Partial<PageView>) => {
    setView((before) => ({ ...before, ...changed }));
    replaceInAddress(parametersOf(changed));
  }, []);
  return { ...view, mode: view.mode ?? usualMode, change };
}
