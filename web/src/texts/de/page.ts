// Deutsch: the words of the whole page, its header and its side panel.
import type { Count } from "../count";
import type { General, Texts } from "../en";

const flugzeuge = ({ text }: Count) => `${text} Flugzeug${text === "1" ? "" : "e"}`;

export const general: General = {
  title: "Flugkarte",
  unknown: "–",
  close: "Schließen",
  aircraft: flugzeuge,
  aircraftOf: (shown, total) => `${shown.text} von ${flugzeuge(total)}${total.number === 1 ? "" : "n"}`,
  statuses: {
    unknown: "Unbekannt",
    scheduled: "Geplant",
    taxiing: "Rollt",
    climbing: "Steigt",
    cruising: "Reiseflug",
    descending: "Sinkt",
    landed: "Gelandet",
    emergency: "Notfall",
  },
  onGround: "Am Boden",
  airborne: "In der Luft",
};

export const header: Texts["header"] = {
  search: "Suche",
  searchHint: "Flug, Flughafen, Airline, Typ, Ort …",
  view: "Ansicht",
  map: "Karte",
  split: "Geteilt",
  table: "Tabelle",
  lightTheme: "Helles Design",
  darkTheme: "Dunkles Design",
  past: "Rückblick",
  share: "Link zu dieser Ansicht kopieren",
  settings: "Einstellungen",
  more: "Mehr",
  help: "Tastenkürzel",
};

export const panel: Texts["panel"] = {
  label: "Flugzeuge, Statistik, Filter und Alarme",
  tabs: "Bereich",
  flights: "Flugzeuge",
  airport: "Flughafen",
  statistics: "Statistik",
  filters: "Filter",
  alerts: "Alarme",
  nearby: "Umgebung",
  unread: (count) => `${count} neu`,
  waiting: "Warten auf die ersten Flugzeuge …",
  notLoaded: "Dieser Teil der Seite konnte nicht geladen werden.",
  tryAgain: "Erneut versuchen",
  showMap: "Karte zeigen",
  showMore: "Bereich vergrößern",
};
