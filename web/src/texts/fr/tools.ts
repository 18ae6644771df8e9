import type { tools as english } from "../en/tools";

export const tools: typeof english = {
  names: { measure: "Mesurer une distance", polygon: "Dessiner un polygone", circle: "Dessiner un cercle" },
  hints: {
    measure: "Cliquez deux lieux ou plus.",
    polygon: "Cliquez les sommets, au moins trois.",
    circle: "Cliquez le centre, puis le bord.",
  },
  middle: "Point au milieu",
  undo: "Annuler le dernier",
  finish: "Terminer",
  cancel: "Annuler",
  close: "Fermer",
};
