import type { display as english } from "../en/display";

export const display: typeof english = {
  colours: "Farben",
  coloursBy: {
    altitude: "Höhe",
    speed: "Geschwindigkeit über Grund",
    climb: "Steigen und Sinken",
    age: "Alter der Position",
    source: "Quelle der Position",
    category: "Kategorie",
  },
  legendBy: (name) => `Farben: ${name}`,
  scaleOf: (name, unit) => `${name}, ${unit}`,
  otherSources: "Andere",
  vehicles: "Fahrzeug oder Hindernis",
  unknown: "unbekannt",
  also: "Weitere ausgewählte Flugzeuge",
  alsoRemove: (name) => `${name} entfernen`,
  alsoKeep: "Mit anderen auswählen",
  clock: "UTC-Uhr auf der Karte",
  kiosk: "Kioskmodus",
  leaveKiosk: "Kioskmodus verlassen",
  thinned: (percent) => `Höchstens ${percent} % dieser Flugzeuge sind gezeichnet. Näher sind es alle.`,
  thins: "Gedränge ausdünnen",
  thinsHint: "Aus der Ferne wird von mehreren Flugzeugen am selben Ort eines gezeichnet.",
};
