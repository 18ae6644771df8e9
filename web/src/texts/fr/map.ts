// Français: the map, its buttons and its legend.
import type { Texts } from "../en";

export const map: Texts["map"] = {
  label: "Carte des avions",
  options: "Options de la carte",
  labels: "Étiquettes",
  airports: "Aéroports",
  trails: "Traces de tous les avions",
  estimates: "Estimer les positions",
  estimatesHint:
    "Déplace les avions en continu, sinon toutes les cinq secondes. Les avions sans message récent pâlissent.",
  fitAll: "Afficher tous les avions",
  fitRoute: "Afficher tout le trajet",
  follow: "Suivre l'avion",
  isolate: "N'afficher que cet avion",
};

export const legend: Texts["legend"] = {
  label: "Couleurs selon l'altitude",
  altitude: (unit) => `Altitude, ${unit}`,
  ground: "sol",
  emergency: "urgence",
};
