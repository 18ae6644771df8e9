// Deutsch: the search.
import type { LaterTexts } from "../later";

export const search: LaterTexts["search"] = {
  label: "Flug, Kennzeichen, Flughafen, Airline, Typ, Land, Ort, Koordinaten oder Befehl",
  examples: "Zum Beispiel MUC, LH400, Lufthansa, A388, D-AIBL, Paris oder 48.35, 11.78",
  results: "Ergebnisse",
  found: ({ text, number }) => `${text} ${number === 1 ? "Ergebnis" : "Ergebnisse"}`,
  groups: {
    coordinates: "Koordinaten",
    flights: "Flüge",
    airports: "Flughäfen",
    airlines: "Fluggesellschaften",
    types: "Flugzeugtypen",
    countries: "Länder",
    places: "Orte",
    commands: "Befehle",
    filter: "Filter",
  },
  onlyText: (text) => `Nur Flugzeuge mit „${text}“ in Rufzeichen, Kennzeichen oder Adresse`,
  onlyTerms: ({ text }) => `Nur Flugzeuge, auf die einer von ${text} Suchbegriffen passt`,
  onlyCountry: (country) => `Nur Flugzeuge, die dort zugelassen sind: ${country}`,
  noFlights: "zurzeit keine",
  move: "bewegen",
  choose: "wählen",
  leave: "schließen",
  noSuchFlight: (name: string) => `Ein Flug ${name} wird gerade nicht verfolgt.`,
};
