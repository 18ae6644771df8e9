// Deutsch: the sources of positions.
import type { Texts } from "../en";

export const sources: Texts["sources"] = {
  title: "Quellen",
  since: (state, age) => `${state} (${age})`,
  pausedFor: (time) => `Pause auf Wunsch des Servers, noch ${time}`,
  states: {
    starting: "noch keine Antwort",
    fresh: "aktuell",
    late: "keine Antwort",
    stopped: "steht: die Antworten ändern sich nicht mehr",
    refused: "lehnt das Konto ab",
    rate_limited: "Pause auf Wunsch des Servers",
    unreachable: "nicht erreichbar",
    failing: "keine brauchbaren Antworten",
    unknown: "keine Meldung",
  },
};
