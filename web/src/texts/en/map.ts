// The map, its buttons and its legend.
export const map = {
  label: "Aircraft map",
  options: "Map options",
  labels: "Labels",
  airports: "Airports",
  trails: "Trails of all aircraft",
  estimates: "Estimate positions",
  estimatesHint: "Moves aircraft smoothly, otherwise every five seconds. Aircraft without recent reports fade.",
  fitAll: "Show all aircraft",
  fitRoute: "Show the whole route",
  follow: "Follow the aircraft",
  isolate: "Show only this aircraft",
};

export const legend = {
  label: "Colours by altitude",
  altitude: (unit: string) => `Altitude, ${unit}`,
  ground: "on ground",
  emergency: "emergency",
};
