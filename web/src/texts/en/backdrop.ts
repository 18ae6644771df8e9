// The map below and above the aircraft: base maps, night, graticule and files of places.
export const backdrop = {
  map: "Map",
  builtIn: "Built-in map",
  tiles: "Map tiles",
  faded: "Fade the map",
  night: "Day and night",
  graticule: "Graticule",
  overlays: "Overlays",
  open: "Open a file …",
  openHint: "GeoJSON, KML, GPX or PMTiles of this device; or drop it onto the map.",
  close: "Close own files",
  goTo: (name: string) => `Show ${name}`,
  places: (count: string, isOne: boolean) => (isOne ? "1 shape" : `${count} shapes`),
  mapFailed: "Map tiles failed to load. The built-in map is shown instead.",
  problems: {
    size: (name: string) => `${name} is larger than 10 MB.`,
    format: (name: string) => `${name} is not GeoJSON, KML, GPX or PMTiles.`,
    empty: (name: string) => `${name} has no places that the map can show.`,
    points: (name: string) => `${name} has more than 300,000 points.`,
    load: (name: string) => `${name} could not be loaded.`,
  },
};
