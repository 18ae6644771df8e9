// Français: the filters.
import type { Texts } from "../en";

export const filters: Texts["filters"] = {
  status: "État",
  where: "Où",
  anywhere: "Partout",
  emergenciesOnly: "Urgences seulement",
  groundSpeed: "Vitesse sol",
  altitude: "Altitude",
  from: "de",
  to: "à",
  slowest: (unit) => `Au moins, ${unit}`,
  fastest: (unit) => `Au plus, ${unit}`,
  lowest: (unit) => `En bas, ${unit}`,
  highest: (unit) => `En haut, ${unit}`,
  country: "Pays",
  operator: "Exploitant",
  type: "Type",
  find: (what) => `Chercher : ${what}`,
  noneFound: "Rien ne porte ce nom.",
  moreThere: (count) => `${count} de plus : tapez pour les trouver.`,
  set: "Filtres actifs",
  remove: (name) => `Retirer le filtre ${name}`,
  atLeast: (value) => `dès ${value}`,
  atMost: (value) => `jusqu'à ${value}`,
  terms: ({ text }) => `${text} termes cherchés`,
  clearAll: "Tout effacer",
  noneSet:
    "Choisissez ce que vous voulez voir. Les filtres de genres différents s'ajoutent ; la barre d'adresse les garde.",
};
