// Français: the words of the whole page, its header and its side panel.
import type { Count } from "../count";
import type { General, Texts } from "../en";

const avions = ({ text, number }: Count) => `${text} avion${number < 2 ? "" : "s"}`;

export const general: General = {
  title: "Suivi des vols",
  unknown: "–",
  close: "Fermer",
  aircraft: avions,
  aircraftOf: (shown, total) => `${shown.text} sur ${avions(total)}`,
  statuses: {
    unknown: "Inconnu",
    scheduled: "Prévu",
    taxiing: "Roulage",
    climbing: "Montée",
    cruising: "Croisière",
    descending: "Descente",
    landed: "Atterri",
    emergency: "Urgence",
  },
  onGround: "Au sol",
  airborne: "En vol",
};

export const header: Texts["header"] = {
  search: "Recherche",
  searchHint: "Vol, aéroport, compagnie, type, lieu …",
  view: "Vue",
  map: "Carte",
  split: "Partagée",
  table: "Tableau",
  lightTheme: "Thème clair",
  darkTheme: "Thème sombre",
  past: "Passé",
  share: "Copier un lien vers cette vue",
  settings: "Réglages",
  more: "Plus",
  help: "Raccourcis clavier",
};

export const panel: Texts["panel"] = {
  label: "Avions, statistiques, filtres et alertes",
  tabs: "Panneau",
  flights: "Avions",
  airport: "Aéroport",
  statistics: "Statistiques",
  filters: "Filtres",
  alerts: "Alertes",
  nearby: "À proximité",
  unread: (count) => `${count} nouvelles`,
  waiting: "En attente des premiers avions …",
  notLoaded: "Cette partie de la page n'a pas pu être chargée.",
  tryAgain: "Réessayer",
  showMap: "Montrer la carte",
  showMore: "Agrandir le panneau",
};
