// Français: the sources of positions.
import type { Texts } from "../en";

export const sources: Texts["sources"] = {
  title: "Sources de données",
  since: (state, age) => `${state} (${age})`,
  pausedFor: (time) => `pause demandée par le serveur, encore ${time}`,
  states: {
    starting: "pas encore de réponse",
    fresh: "en direct",
    late: "pas de réponse",
    stopped: "arrêtée : ses réponses ne changent plus",
    refused: "refuse le compte",
    rate_limited: "pause demandée par le serveur",
    unreachable: "injoignable",
    failing: "réponses inutilisables",
    unknown: "aucun signe",
  },
};
