// The place that distances are measured from, as React state.
"use client";

import { useSyncExternalStore } from "react";
import { getHere, type Here, subscribeHere } from "./here";

export function useHere(): Here | null {
  return useSyncExternalStore(subscribeHere, getHere, () => null);
}
