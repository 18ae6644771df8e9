// Français: the filters.
import type { LaterTexts } from "../later";

export const filters: LaterTexts["filters"] = {
  text: "Indicatif, adresse OACI ou immatriculation",
  status: "État",
  where: "En vol ou au sol",
  anywhere: "Les deux",
  emergenciesOnly: "Urgences seulement",
  groundSpeed: "Vitesse sol",
  altitude: "Altitude",
  from: "de",
  to: "à",
  slowest: (unit) => `Vitesse minimale, ${unit}`,
  fastest: (unit) => `Vitesse maximale, ${unit}`,
  lowest: (unit) => `Altitude minimale, ${unit}`,
  highest: (unit) => `Altitude maximale, ${unit}`,
  country: "Pays",
  operator: "Exploitant",
  type: "Type",
  category: "Catégorie",
  addressType: "Position par",
  find: (what) => `Chercher : ${what}`,
  noneFound: "Aucun résultat.",
  moreThere: (count) => `${count} de plus : tapez pour chercher.`,
  set: "Filtres actifs",
  remove: (name) => `Retirer le filtre : ${name}`,
  atLeast: (value) => `dès ${value}`,
  atMost: (value) => `jusqu'à ${value}`,
  terms: ({ text }) => `${text} termes de recherche`,
  clearAll: "Tout effacer",
  noneSet:
    "Choisissez les avions à afficher. Un avion doit correspondre à chaque genre de filtre actif. Les filtres font partie de l'adresse de la page.",
};
