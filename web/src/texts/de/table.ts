// Deutsch: the table of aircraft.
import type { Texts } from "../en";

export const table: Texts["table"] = {
  label: "Flugzeuge",
  held: "Reihenfolge bleibt",
  heldHint: "Zeilen bleiben an ihrem Platz, solange Sie auf sie zeigen oder sich mit der Tastatur in ihnen bewegen.",
  saveCsv: "Als CSV sichern",
  chooseColumns: "Spalten",
  resetColumns: "Alle Spalten, gleichmäßig",
  resizeHint: "Den Rand einer Überschrift ziehen, oder auf ihr Umschalt mit ← oder → drücken.",
  sortBy: (column) => `Nach ${column} sortieren`,
  none: "Kein Flugzeug zu zeigen.",
  columns: {
    callsign: "Rufzeichen",
    aircraftType: "Muster",
    altitude: "Höhe",
    speed: "Tempo",
    route: "Strecke",
    status: "Status",
    originCountry: "Land",
    registration: "Kennzeichen",
    icao24: "Adresse",
    track: "Kurs",
    verticalRate: "Steigrate",
    operator: "Betreiber",
  },
};
