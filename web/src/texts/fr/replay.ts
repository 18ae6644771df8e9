// Français: the replay.
import type { Texts } from "../en";

export const replay: Texts["replay"] = {
  label: "Revoir",
  play: "Lire",
  pause: "Pause",
  time: "Heure",
  speed: "Vitesse",
  live: "Retour au direct",
  note: (span) => `Ce que cette page a vu : les ${span} écoulées, par pas de 15 s`,
  start: "Pas encore assez vu : on peut revoir quelques secondes après la première image.",
  behind: (age) => `il y a ${age}`,
};
