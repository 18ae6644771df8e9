// Words of parts of the page that load after the first picture, in all languages: they load with those parts, to keep the first
// load small.
"use client";

import { useMemo } from "react";
import { airport as airportDe } from "./de/airport";
import { alerts as alertsDe } from "./de/alerts";
import { backdrop as backdropDe } from "./de/backdrop";
import { card as cardDe } from "./de/card";
import { display as displayDe } from "./de/display";
import { filters as filtersDe } from "./de/filters";
import { nearby as nearbyDe } from "./de/nearby";
import { search as searchDe } from "./de/search";
import { help as helpDe, settings as settingsDe } from "./de/settings";
import { signIn as signInDe } from "./de/signIn";
import { statistics as statisticsDe } from "./de/statistics";
import { table as tableDe } from "./de/table";
import { timeline as timelineDe } from "./de/timeline";
import { tools as toolsDe } from "./de/tools";
import type { Texts } from "./en";
import { airport } from "./en/airport";
import { alerts } from "./en/alerts";
import { backdrop } from "./en/backdrop";
import { card } from "./en/card";
import { display } from "./en/display";
import { filters } from "./en/filters";
import { nearby } from "./en/nearby";
import { search } from "./en/search";
import { help, settings } from "./en/settings";
import { signIn } from "./en/signIn";
import { statistics } from "./en/statistics";
import { table } from "./en/table";
import { timeline } from "./en/timeline";
import { tools } from "./en/tools";
import { airport as airportFr } from "./fr/airport";
import { alerts as alertsFr } from "./fr/alerts";
import { backdrop as backdropFr } from "./fr/backdrop";
import { card as cardFr } from "./fr/card";
import { display as displayFr } from "./fr/display";
import { filters as filtersFr } from "./fr/filters";
import { nearby as nearbyFr } from "./fr/nearby";
import { search as searchFr } from "./fr/search";
import { help as helpFr, settings as settingsFr } from "./fr/settings";
import { signIn as signInFr } from "./fr/signIn";
import { statistics as statisticsFr } from "./fr/statistics";
import { table as tableFr } from "./fr/table";
import { timeline as timelineFr } from "./fr/timeline";
import { tools as toolsFr } from "./fr/tools";
import type { Language } from "./language";
import { useFormats, useTexts } from "./TextsContext";

const en = {
  airport,
  card,
  search,
  settings,
  help,
  statistics,
  table,
  timeline,
  alerts,
  filters,
  signIn,
  backdrop,
  nearby,
  display,
  tools,
};
export type LaterTexts = typeof en;

export const LATER: Readonly<Record<Language, LaterTexts>> = {
  en,
  de: {
    airport: airportDe,
    card: cardDe,
    search: searchDe,
    settings: settingsDe,
    help: helpDe,
    statistics: statisticsDe,
    table: tableDe,
    timeline: timelineDe,
    alerts: alertsDe,
    filters: filtersDe,
    signIn: signInDe,
    backdrop: backdropDe,
    nearby: nearbyDe,
    display: displayDe,
    tools: toolsDe,
  },
  fr: {
    airport: airportFr,
    card: cardFr,
    search: searchFr,
    settings: settingsFr,
    help: helpFr,
    statistics: statisticsFr,
    table: tableFr,
    timeline: timelineFr,
    alerts: alertsFr,
    filters: filtersFr,
    signIn: signInFr,
    backdrop: backdropFr,
    nearby: nearbyFr,
    display: displayFr,
    tools: toolsFr,
  },
};

export function useLaterTexts(): LaterTexts {
  return LATER[useFormats().language];
}

export type AllTexts = Texts & LaterTexts;

/** All words of the page, for parts that load later. */
export function useAllTexts(): AllTexts {
  const texts = useTexts();
  const later = useLaterTexts();
  return useMemo(() => ({ ...texts, ...later }), [texts, later]);
}
