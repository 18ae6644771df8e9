// Français: the table of aircraft.
import type { Texts } from "../en";

export const table: Texts["table"] = {
  label: "Avions",
  held: "Tri en pause",
  heldHint: "Les lignes gardent leur ordre tant que vous les pointez ou les parcourez au clavier.",
  saveCsv: "Enregistrer en CSV",
  chooseColumns: "Colonnes",
  resetColumns: "Réinitialiser les colonnes",
  resizeHint:
    "Pour changer une largeur, tirez le bord d'un titre, ou placez-vous sur le titre et pressez Maj + ← ou →.",
  none: "Aucun avion à afficher.",
  columns: {
    callsign: "Indicatif",
    aircraftType: "Type",
    altitude: "Altitude",
    speed: "Vitesse",
    route: "Trajet",
    status: "État",
    originCountry: "Pays",
    registration: "Immatriculation",
    icao24: "Adresse",
    track: "Route",
    verticalRate: "Taux vertical",
    category: "Catégorie",
    addressType: "Position par",
    operator: "Exploitant",
  },
};
