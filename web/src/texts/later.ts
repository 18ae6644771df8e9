// Words of parts of the page that load after the first picture, in all languages: they load with those parts, to keep the first
// load small.
"use client";

import { airport as airportDe } from "./de/airport";
import { card as cardDe } from "./de/card";
import { search as searchDe } from "./de/search";
import { help as helpDe, settings as settingsDe } from "./de/settings";
import { statistics as statisticsDe } from "./de/statistics";
import { table as tableDe } from "./de/table";
import { timeline as timelineDe } from "./de/timeline";
import { airport } from "./en/airport";
import { card } from "./en/card";
import { search } from "./en/search";
import { help, settings } from "./en/settings";
import { statistics } from "./en/statistics";
import { table } from "./en/table";
import { timeline } from "./en/timeline";
import { airport as airportFr } from "./fr/airport";
import { card as cardFr } from "./fr/card";
import { search as searchFr } from "./fr/search";
import { help as helpFr, settings as settingsFr } from "./fr/settings";
import { statistics as statisticsFr } from "./fr/statistics";
import { table as tableFr } from "./fr/table";
import { timeline as timelineFr } from "./fr/timeline";
import type { Language } from "./language";
import { useFormats } from "./TextsContext";

const en = { airport, card, search, settings, help, statistics, table, timeline };
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
  },
};

export function useLaterTexts(): LaterTexts {
  return LATER[useFormats().language];
}
