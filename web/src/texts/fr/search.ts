// Français: the search.
import type { LaterTexts } from "../later";

export const search: LaterTexts["search"] = {
  label: "Vol, immatriculation, aéroport, compagnie, type, pays, lieu, coordonnées ou commande",
  examples: "Par exemple CDG, AF123, Lufthansa, A388, D-AIBL, Paris ou 48.35, 11.78",
  results: "Résultats",
  found: ({ text, number }) => `${text} résultat${number < 2 ? "" : "s"}`,
  groups: {
    coordinates: "Coordonnées",
    flights: "Vols",
    airports: "Aéroports",
    airlines: "Compagnies",
    types: "Types d'avion",
    countries: "Pays",
    places: "Lieux",
    commands: "Commandes",
    filter: "Filtre",
  },
  onlyText: (text) => `Seulement les avions avec « ${text} » dans l'indicatif, l'immatriculation ou l'adresse`,
  onlyTerms: ({ text }) => `Seulement les avions qui correspondent à l'un des ${text} termes`,
  onlyCountry: (country) => `Seulement les avions immatriculés dans ce pays : ${country}`,
  noFlights: "aucun en ce moment",
  move: "déplacer",
  choose: "choisir",
  leave: "fermer",
  noSuchFlight: (name: string) => `Aucun vol ${name} n’est suivi en ce moment.`,
};
