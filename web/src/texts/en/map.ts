// The map, its buttons and its legend.
export const map = {
  label: "Map of aircraft",
  options: "Map options",
  labels: "Labels",
  airports: "Airports",
  trails: "Trails of all aircraft",
  estimates: "Estimate positions",
  estimatesHint: "Fly aircraft on between two reports; those that were not heard for long fade.",
  fitAll: "Show all aircraft",
  fitRoute: "Show the whole route",
  follow: "Follow the aircraft",
  isolate: "Show only this aircraft",
};

export const legend = {
  label: "Colours by altitude",
  altitude: (unit: string) => `Altitude, ${unit}`,
  ground: "ground",
  emergency: "emergency",
};
