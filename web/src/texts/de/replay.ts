// Deutsch: the replay.
import type { Texts } from "../en";

export const replay: Texts["replay"] = {
  label: "Rückblick",
  play: "Abspielen",
  pause: "Anhalten",
  time: "Zeit",
  speed: "Tempo",
  live: "Zurück zu Live",
  note: (span) => `Von dieser Seite aufgezeichnet: die letzten ${span}, in Schritten von 15 s`,
  start: "Noch nichts aufgezeichnet. Die Aufzeichnung beginnt einige Sekunden nach den ersten Flugzeugen.",
  behind: (age) => `vor ${age}`,
};
