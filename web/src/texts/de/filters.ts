// Deutsch: the filters.
import type { LaterTexts } from "../later";

export const filters: LaterTexts["filters"] = {
  text: "Rufzeichen, ICAO-Adresse oder Kennzeichen",
  status: "Status",
  where: "Luft oder Boden",
  anywhere: "Beide",
  emergenciesOnly: "Nur Notfälle",
  groundSpeed: "Geschwindigkeit",
  altitude: "Höhe",
  from: "von",
  to: "bis",
  slowest: (unit) => `Mindestgeschwindigkeit, ${unit}`,
  fastest: (unit) => `Höchstgeschwindigkeit, ${unit}`,
  lowest: (unit) => `Mindesthöhe, ${unit}`,
  highest: (unit) => `Maximalhöhe, ${unit}`,
  country: "Land",
  operator: "Betreiber",
  type: "Muster",
  category: "Kategorie",
  addressType: "Position durch",
  find: (what) => `Suchen: ${what}`,
  noneFound: "Keine Treffer.",
  moreThere: (count) => `${count} weitere: tippen, um zu suchen.`,
  set: "Aktive Filter",
  remove: (name) => `Filter entfernen: ${name}`,
  atLeast: (value) => `ab ${value}`,
  atMost: (value) => `bis ${value}`,
  terms: ({ text }) => `${text} Suchbegriffe`,
  clearAll: "Alle löschen",
  noneSet:
    "Wählen Sie, welche Flugzeuge gezeigt werden. Ein Flugzeug muss jeder Art von gesetztem Filter entsprechen. Die Filter stehen in der Adresse der Seite.",
};
