// Deutsch: the filters.
import type { Texts } from "../en";

export const filters: Texts["filters"] = {
  status: "Status",
  where: "Wo",
  anywhere: "Überall",
  emergenciesOnly: "Nur Notfälle",
  groundSpeed: "Geschwindigkeit",
  altitude: "Höhe",
  from: "von",
  to: "bis",
  slowest: (unit) => `Mindestens, ${unit}`,
  fastest: (unit) => `Höchstens, ${unit}`,
  lowest: (unit) => `Unten, ${unit}`,
  highest: (unit) => `Oben, ${unit}`,
  country: "Land",
  operator: "Betreiber",
  type: "Muster",
  find: (what) => `Suchen: ${what}`,
  noneFound: "Nichts heißt so.",
  moreThere: (count) => `${count} weitere: tippen, um sie zu finden.`,
  set: "Gesetzte Filter",
  remove: (name) => `Filter ${name} entfernen`,
  atLeast: (value) => `ab ${value}`,
  atMost: (value) => `bis ${value}`,
  terms: ({ text }) => `${text} Suchbegriffe`,
  clearAll: "Alle löschen",
  noneSet:
    "Wählen Sie, was Sie sehen wollen. Filter verschiedener Art müssen alle passen; die Adresszeile merkt sie sich.",
};
