// The options of the map, in sync between React and the page's address. Following and isolating concern the selected
// aircraft, and end with its selection.
"use client";

import { useCallback, useEffect, useState } from "react";
import { replaceInAddress } from "@/panels/pageUrl";
import { FIRST_OPTIONS, type MapOptions, optionsFromQuery, parametersOfOptions } from "./mapOptions";

export function useMapOptions(selected: number | null): {
  readonly options: MapOptions;
  change(changed: Partial<MapOptions>): void;
} {
  const [options, setOptions] = useState<MapOptions>(FIRST_OPTIONS);

  useEffect(() => {
    const read = () => setOptions(optionsFromQuery(window.location.search));
    read();
    window.addEventListener("popstate", read);
    return () => window.removeEventListener("popstate", read);
  }, []);

  const change = useCallback((changed: Partial<MapOptions>) => {
    setOptions((before) => ({ ...before, ...changed }));
    const all = parametersOfOptions({ ...optionsFromQuery(window.location.search), ...changed });
    replaceInAddress(all);
  }, []);

  const [before, setBefore] = useState(selected);
  useEffect(() => {
    setBefore(selected);
    if (before !== null && selected === null) change({ isFollowing: false, isIsolated: false });
  }, [before, selected, change]);
  return { options, change };
}
