// Kiosk mode as the page's address has it, also after Back and Forward.
"use client";

import { useCallback, useEffect, useMemo, useState } from "react";
import { replaceInAddress } from "../pageUrl";
import { type KioskPlan, kioskPlan } from "./kioskPlan";

/** The plan, null outside kiosk mode, and a function that leaves the mode. */
export function useKioskPlan(): readonly [KioskPlan | null, () => void] {
  const [query, setQuery] = useState(kioskPart);
  // The same plan while the mode stays: each new one begins at its first place.
  const plan = useMemo(() => kioskPlan(query), [query]);

  useEffect(() => {
    const read = () => setQuery(kioskPart());
    window.addEventListener("popstate", read);
    return () => window.removeEventListener("popstate", read);
  }, []);

  const isOn = plan !== null;
  useEffect(() => {
    // Set when the page opens by the script of its head.
    const { dataset } = document.documentElement;
    if (isOn) dataset.kiosk = "";
    else delete dataset.kiosk;
  }, [isOn]);

  const leave = useCallback(() => {
    replaceInAddress({ kiosk: null });
    setQuery("");
  }, []);
  return [plan, leave];
}

/** The page's query without the rest. */
function kioskPart(): string {
  const text = new URLSearchParams(window.location.search).get("kiosk");
  return text === null ? "" : new URLSearchParams({ kiosk: text }).toString();
}
