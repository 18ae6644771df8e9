// The hints that the page itself adds: storage refused, too many search terms, and what `useClockHints` notices.
"use client";

import { useEffect } from "react";
import type { FlightsClient } from "@/flights/client";
import { MOST_TERMS } from "@/flights/filters";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { usePreferences } from "./preferences/Preferences";
import { useClockHints, useHints } from "./useHints";

/** @param givenTerms how many search terms were given when the page cut the search, else null. */
export function usePageHints(client: FlightsClient | null, givenTerms: number | null): ReturnType<typeof useHints> {
  const { notices } = useTexts();
  const formats = useFormats();
  const { isStorageRefused } = usePreferences();
  const hints = useHints();
  const { add, closed } = hints;

  useClockHints(client, hints);
  useEffect(() => {
    if (isStorageRefused && !closed.has("storage")) add("storage", notices.storageRefused);
  }, [isStorageRefused, closed, add, notices]);
  useEffect(() => {
    if (givenTerms === null) return;
    add("terms", notices.tooManyTerms({ used: formats.count(MOST_TERMS), given: formats.count(givenTerms) }));
  }, [givenTerms, add, notices, formats]);
  return hints;
}
