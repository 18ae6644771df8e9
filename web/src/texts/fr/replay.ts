// Français: the replay.
import type { Texts } from "../en";

export const replay: Texts["replay"] = {
  label: "Revoir",
  play: "Lire",
  pause: "Pause",
  time: "Heure",
  speed: "Vitesse",
  live: "Retour au direct",
  note: (span) => `Enregistré par cette page : les ${span} écoulées, par pas de 15 s`,
  start: "Rien à revoir pour l'instant. L'enregistrement commence quelques secondes après les premiers avions.",
  behind: (age) => `il y a ${age}`,
};
