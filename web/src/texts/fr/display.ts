import type { display as english } from "../en/display";

export const display: typeof english = {
  colours: "Couleurs",
  coloursBy: {
    altitude: "Altitude",
    speed: "Vitesse sol",
    climb: "Montée et descente",
    age: "Âge de la position",
    source: "Source de la position",
    category: "Catégorie",
  },
  legendBy: (name) => `Couleurs : ${name}`,
  scaleOf: (name, unit) => `${name}, ${unit}`,
  otherSources: "Autres",
  vehicles: "Véhicule ou obstacle",
  unknown: "inconnu",
  also: "Autres avions sélectionnés",
  alsoRemove: (name) => `Retirer ${name}`,
  alsoKeep: "Garder sélectionné avec d'autres",
  clock: "Horloge UTC sur la carte",
  kiosk: "Mode kiosque",
  leaveKiosk: "Quitter le mode kiosque",
  thinned: (percent) => `Au plus ${percent} % de ces avions sont dessinés. Zoomez pour les voir tous.`,
  thins: "Alléger les zones denses",
  thinsHint: "De loin, un seul de plusieurs avions au même endroit est dessiné.",
};
