// Deutsch: the table of aircraft.
import type { Texts } from "../en";

export const table: Texts["table"] = {
  label: "Flugzeuge",
  held: "Angehalten",
  heldHint:
    "Die Zeilen behalten ihre Reihenfolge, solange Sie auf sie zeigen oder sich mit der Tastatur in ihnen bewegen.",
  saveCsv: "Als CSV speichern",
  chooseColumns: "Spalten",
  resetColumns: "Spalten zurücksetzen",
  resizeHint:
    "Breite ändern: den Rand einer Überschrift ziehen, oder die Überschrift ansteuern und Umschalt + ← oder → drücken.",
  none: "Keine Flugzeuge.",
  columns: {
    callsign: "Rufzeichen",
    aircraftType: "Muster",
    altitude: "Höhe",
    speed: "Geschw.",
    route: "Strecke",
    status: "Status",
    originCountry: "Land",
    registration: "Kennzeichen",
    icao24: "Adresse",
    track: "Kurs",
    verticalRate: "Steigrate",
    category: "Kategorie",
    addressType: "Position durch",
    operator: "Betreiber",
  },
};
