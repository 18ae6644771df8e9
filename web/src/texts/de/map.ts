// Deutsch: the map, its buttons and its legend.
import type { Texts } from "../en";

export const map: Texts["map"] = {
  label: "Karte der Flugzeuge",
  options: "Kartenoptionen",
  labels: "Beschriftungen",
  airports: "Flughäfen",
  trails: "Spuren aller Flugzeuge",
  estimates: "Positionen schätzen",
  estimatesHint: "Bewegt Flugzeuge fließend, sonst alle fünf Sekunden. Flugzeuge ohne neue Meldung verblassen.",
  fitAll: "Alle Flugzeuge zeigen",
  fitRoute: "Die ganze Strecke zeigen",
  follow: "Dem Flugzeug folgen",
  isolate: "Nur dieses Flugzeug zeigen",
};

export const legend: Texts["legend"] = {
  label: "Farben nach Höhe",
  altitude: (unit) => `Höhe, ${unit}`,
  ground: "Boden",
  emergency: "Notfall",
};
