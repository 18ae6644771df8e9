// Words of parts of the page that load after the first picture, in all languages: they load with those parts, to keep the first
// load small.
"use client";

import { airport as airportDe } from "./de/airport";
import { search as searchDe } from "./de/search";
import { airport } from "./en/airport";
import { search } from "./en/search";
import { airport as airportFr } from "./fr/airport";
import { search as searchFr } from "./fr/search";
import type { Language } from "./language";
import { useFormats } from "./TextsContext";

const en = { airport, search };
export type LaterTexts = typeof en;

const LATER: Readonly<Record<Language, LaterTexts>> = {
  en,
  de: { airport: airportDe, search: searchDe },
  fr: { airport: airportFr, search: searchFr },
};

export function useLaterTexts(): LaterTexts {
  return LATER[useFormats().language];
}
