// Français: base maps, night, graticule and files of places.
import type { LaterTexts } from "../later";

export const backdrop: LaterTexts["backdrop"] = {
  map: "Carte",
  builtIn: "Carte intégrée",
  tiles: "Tuiles",
  faded: "Estomper la carte",
  night: "Jour et nuit",
  graticule: "Graticule",
  overlays: "Calques",
  open: "Ouvrir un fichier …",
  openHint: "GeoJSON, KML, GPX ou PMTiles de cet appareil ; ou déposez-le sur la carte.",
  close: "Fermer les fichiers ouverts",
  goTo: (name) => `Afficher ${name}`,
  places: (count, isOne) => (isOne ? "1 forme" : `${count} formes`),
  mapFailed: "Les tuiles de la carte ne se chargent pas. La carte intégrée les remplace.",
  problems: {
    size: (name) => `${name} dépasse 10 Mo.`,
    format: (name) => `${name} n'est ni GeoJSON, ni KML, ni GPX, ni PMTiles.`,
    empty: (name) => `${name} n'a aucun lieu que la carte puisse afficher.`,
    points: (name) => `${name} a plus de 300 000 points.`,
    load: (name) => `${name} n'a pas pu être chargé.`,
  },
};
