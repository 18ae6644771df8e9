// Selects the flight that a link names (namedFlight.ts); a hint says if it is not tracked. Renders nothing.
"use client";

import { useEffect } from "react";
import type { FlightsClient } from "@/flights/client";
import { useLaterTexts } from "@/texts/later";
import { findNamedFlight } from "./namedFlight";
import { parametersOf, replaceInAddress } from "./pageUrl";
import type { HeldView } from "./usePageView";

interface Props {
  readonly client: FlightsClient;
  readonly view: HeldView;
  /** Show a message that disappears by itself. */
  pass(key: string, text: string): void;
}

export function LinkedFlight({ client, view, pass }: Props) {
  const { search } = useLaterTexts();
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for the link that the page was opened with
  useEffect(() => {
    const name = new URLSearchParams(window.location.search).get("flight") ?? "";
    const stop = new AbortController();
    void findNamedFlight(client, name, stop.signal).then((icao24) => {
      if (stop.signal.aborted) return;
      // Of an address that is not tracked the card says so.
      if (icao24 === null) return view.selected === null && pass("flight", search.noSuchFlight({ name }));
      // First, to be no new entry of the history.
      replaceInAddress(parametersOf({ selected: icao24 }));
      view.change({ selected: icao24 });
    });
    return () => stop.abort();
  }, [client]);
  return null;
}
