// Texts of parts of the page that load after the first picture, in all languages: they load with those parts, to keep the first
// load small.
"use client";

import { useMemo } from "react";
import { LATER } from "./compiled/later";
import type { Texts } from "./language";
import { useFormats, useTexts } from "./TextsContext";

export { LATER };
export type LaterTexts = (typeof LATER)["en"];

export function useLaterTexts(): LaterTexts {
  return LATER[useFormats().language];
}

export type AllTexts = Texts & LaterTexts;

/** All texts of the page, for parts that load later. */
export function useAllTexts(): AllTexts {
  const texts = useTexts();
  const later = useLaterTexts();
  return useMemo(() => ({ ...texts, ...later }), [texts, later]);
}
