// Français: the timeline and the past.
import type { LaterTexts } from "../later";

export const timeline: LaterTexts["timeline"] = {
  label: "Chronologie",
  slider: "Moment",
  live: "Direct",
  backToLive: "Retour au direct",
  past: "Passé",
  lookingAt: "Vous regardez le passé",
  play: "Lire",
  pause: "Pause",
  speed: "Vitesse",
  zoomIn: "Montrer moins de temps",
  zoomOut: "Montrer plus de temps",
  jump: "Aller à un moment",
  when: "Date et heure",
  utc: "UTC au lieu de l'heure locale",
  go: "Aller",
  tenMinutesAgo: "Il y a 10 minutes",
  anHourAgo: "Il y a 1 heure",
  yesterday: "Hier à la même heure",
  lastNight: "La nuit dernière, 22:00",
  loading: "Chargement …",
  gap: (from, to) => `Rien n'a été enregistré de ${from} à ${to}`,
  failed: (detail) => `Ce moment n'a pas pu être chargé ; nouvel essai en cours. ${detail}`,
  aircraft: (count) => `${count} avions`,
};
