// What the table lists and how: only what the map shows, aircraft in the air first, groups. In the address, so that a link shows
// the same; the browser keeps it, too.
"use client";

import { useEffect, useState } from "react";
import { oneOf, replaceInAddress } from "../pageUrl";
import { usePreferences } from "../preferences/Preferences";
import { stored } from "../preferences/storage";
import { GROUPINGS, type Grouping } from "./tableGroups";

export interface TableOptions {
  readonly isInViewOnly: boolean;
  readonly isAirborneFirst: boolean;
  readonly grouping: Grouping;
}

export const FIRST_OPTIONS: TableOptions = { isInViewOnly: false, isAirborneFirst: true, grouping: "none" };

/** @param text of a parameter by name; null where there is none. */
export function optionsFrom(text: (name: string) => string | null): TableOptions {
  return {
    isInViewOnly: text("list") === "view",
    isAirborneFirst: text("ground") !== "mixed",
    grouping: oneOf(GROUPINGS, text("group")) ?? FIRST_OPTIONS.grouping,
  };
}

/** By parameter; null for the default. */
export function optionTexts({ isInViewOnly, isAirborneFirst, grouping }: TableOptions): Record<string, string | null> {
  return {
    list: isInViewOnly ? "view" : null,
    ground: isAirborneFirst ? null : "mixed",
    group: grouping === "none" ? null : grouping,
  };
}

export function useTableOptions(): readonly [TableOptions, (change: Partial<TableOptions>) => void] {
  const { keep } = usePreferences();
  const [options, setOptions] = useState(optionsNow);
  useEffect(() => {
    const read = () => setOptions(optionsNow());
    window.addEventListener("popstate", read);
    return () => window.removeEventListener("popstate", read);
  }, []);
  const change = (changed: Partial<TableOptions>) => {
    const next = { ...options, ...changed };
    setOptions(next);
    const texts = optionTexts(next);
    replaceInAddress(texts);
    for (const [name, text] of Object.entries(texts)) keep(name, text);
  };
  return [options, change];
}

function optionsNow(): TableOptions {
  const named = new URLSearchParams(window.location.search);
  return optionsFrom((name) => named.get(name) ?? stored(name));
}
