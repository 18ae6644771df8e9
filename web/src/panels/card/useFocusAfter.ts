// When the card leaves the page with the focus in it, the focus goes to the table, or without one to the map. Otherwise the
// Tab key would begin at the top of the page again.
import { type RefObject, useLayoutEffect, useRef } from "react";

/** @returns for `ref` of the card. */
export function useFocusAfter(): RefObject<HTMLElement | null> {
  const card = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const element = card.current;
    return () => {
      if (element?.contains(document.activeElement)) queueMicrotask(focusTableOrMap);
    };
  }, []);
  return card;
}

/** On a phone the table comes where the card was, in the same step. */
function focusTableOrMap(): void {
  const next = ["[role=grid], [role=treegrid]", ".leaflet-container"].map((one) => document.querySelector(one));
  (next.find((element) => element !== null) as HTMLElement | undefined)?.focus({ preventScroll: true });
}
