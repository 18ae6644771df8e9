// Deutsch: the replay.
import type { Texts } from "../en";

export const replay: Texts["replay"] = {
  label: "Rückblick",
  play: "Abspielen",
  pause: "Anhalten",
  time: "Zeit",
  speed: "Tempo",
  live: "Zurück zu Live",
  note: (span) => `Was diese Seite gesehen hat: die letzten ${span}, in Schritten von 15 s`,
  start: "Noch zu wenig gesehen: Der Rückblick beginnt einige Sekunden nach dem ersten Bild.",
  behind: (age) => `vor ${age}`,
};
