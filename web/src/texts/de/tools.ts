import type { tools as english } from "../en/tools";

export const tools: typeof english = {
  names: { measure: "Entfernung messen", polygon: "Vieleck zeichnen", circle: "Kreis zeichnen" },
  hints: {
    measure: "Zwei oder mehr Orte anklicken.",
    polygon: "Die Ecken anklicken, mindestens drei.",
    circle: "Die Mitte anklicken, dann den Rand.",
  },
  middle: "Punkt in der Mitte",
  undo: "Zurück",
  finish: "Fertig",
  cancel: "Abbrechen",
  close: "Schließen",
};
