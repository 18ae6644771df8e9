// Français: the table of aircraft.
import type { Texts } from "../en";

export const table: Texts["table"] = {
  label: "Avions",
  held: "Ordre figé",
  heldHint: "Les lignes restent en place tant que vous les pointez ou les parcourez au clavier.",
  saveCsv: "Enregistrer en CSV",
  chooseColumns: "Colonnes",
  resetColumns: "Toutes les colonnes, réparties",
  resizeHint: "Tirez le bord d'un titre, ou pressez Maj avec ← ou → sur le titre.",
  sortBy: (column) => `Trier par ${column}`,
  none: "Aucun avion à montrer.",
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
    operator: "Exploitant",
  },
};
