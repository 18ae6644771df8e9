// Deutsch: base maps, night, graticule and files of places.
import type { LaterTexts } from "../later";

export const backdrop: LaterTexts["backdrop"] = {
  map: "Karte",
  builtIn: "Eingebaute Karte",
  tiles: "Kartenkacheln",
  faded: "Karte abblenden",
  night: "Tag und Nacht",
  graticule: "Gradnetz",
  overlays: "Auflagen",
  open: "Datei öffnen …",
  openHint: "GeoJSON, KML, GPX oder PMTiles von diesem Gerät; oder auf die Karte ziehen.",
  close: "Eigene Dateien schließen",
  goTo: (name) => `${name} zeigen`,
  places: (count, isOne) => (isOne ? "1 Form" : `${count} Formen`),
  mapFailed: "Die Kartenkacheln konnten nicht geladen werden. Stattdessen wird die eingebaute Karte gezeigt.",
  problems: {
    size: (name) => `${name} ist größer als 10 MB.`,
    format: (name) => `${name} ist weder GeoJSON, KML, GPX noch PMTiles.`,
    empty: (name) => `${name} hat keine Orte, die die Karte zeigen kann.`,
    points: (name) => `${name} hat mehr als 300.000 Punkte.`,
    load: (name) => `${name} konnte nicht geladen werden.`,
  },
};
