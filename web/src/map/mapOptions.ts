// The map's options in the page's address, so they can be shared and survive a reload. Pure. Defaults are omitted;
// invalid values are ignored.
import { oneOf } from "@/panels/pageUrl";

export const COLOURS_BY = ["altitude", "speed", "climb", "age", "source", "category"] as const;
export type ColourBy = (typeof COLOURS_BY)[number];

export interface MapOptions {
  /** What the colours of aircraft mean. */
  readonly colourBy: ColourBy;
  readonly hasLabels: boolean;
  readonly hasAirports: boolean;
  /** Show the trails of all aircraft in view; the selected one always has its trail. */
  readonly hasTrails: boolean;
  /** Show range rings around the place that distances are measured from. */
  readonly hasRings: boolean;
  /** Draw one of several aircraft where a far-out map is crowded. */
  readonly thins: boolean;
  /** Move aircraft with each frame; otherwise where they are is shown every few seconds. */
  readonly estimates: boolean;
  /** Keep the selected aircraft in the middle of the map. */
  readonly isFollowing: boolean;
  /** Show only the selected aircraft. */
  readonly isIsolated: boolean;
  /** Shade where it is night. */
  readonly hasNight: boolean;
  readonly hasGraticule: boolean;
  /** Show where aircraft flew, from the history. */
  readonly hasHeat: boolean;
  /** Key of the base map (backdrop/baseMaps.ts); empty: the first. */
  readonly baseMap: string;
  /** How much the base map fades, 0 to 80. */
  readonly fadedPercent: number;
  /** Names of the tracker's overlays that are not shown. */
  readonly hiddenOverlays: readonly string[];
}

export const FIRST_OPTIONS: MapOptions = {
  colourBy: "altitude",
  hasLabels: true,
  hasAirports: true,
  hasTrails: false,
  hasRings: true,
  thins: true,
  estimates: true,
  isFollowing: false,
  isIsolated: false,
  hasNight: false,
  hasGraticule: false,
  hasHeat: false,
  baseMap: "",
  fadedPercent: 0,
  hiddenOverlays: [],
};

export const MOST_FADED_PERCENT = 80;
const SEPARATOR = "|";

/** The parameters of the switches. */
const PARAMETERS = {
  hasLabels: "labels",
  hasAirports: "airports",
  hasTrails: "trails",
  hasRings: "rings",
  thins: "thin",
  estimates: "estimates",
  isFollowing: "follow",
  isIsolated: "isolate",
  hasNight: "night",
  hasGraticule: "graticule",
  hasHeat: "heat",
} as const;

const NAMES = Object.keys(PARAMETERS) as readonly (keyof typeof PARAMETERS)[];

export function optionsFromQuery(query: string): MapOptions {
  const parameters = new URLSearchParams(query);
  const chosen = NAMES.flatMap((name) => {
    const word = parameters.get(PARAMETERS[name]);
    return word === "on" || word === "off" ? [[name, word === "on"] as const] : [];
  });
  return {
    ...FIRST_OPTIONS,
    ...Object.fromEntries(chosen),
    colourBy: oneOf(COLOURS_BY, parameters.get("colours")) ?? FIRST_OPTIONS.colourBy,
    baseMap: parameters.get("base") ?? "",
    fadedPercent: Math.max(0, Math.min(MOST_FADED_PERCENT, Math.round(Number(parameters.get("fade"))) || 0)),
    hiddenOverlays: parameters.get("hide")?.split(SEPARATOR) ?? [],
  };
}

/** By name in the address; null for the default. */
export function parametersOfOptions(options: MapOptions): Record<string, string | null> {
  const { colourBy, baseMap, fadedPercent, hiddenOverlays } = options;
  return {
    ...Object.fromEntries(
      NAMES.map((name) => [
        PARAMETERS[name],
        options[name] === FIRST_OPTIONS[name] ? null : options[name] ? "on" : "off",
      ]),
    ),
    colours: colourBy === FIRST_OPTIONS.colourBy ? null : colourBy,
    base: baseMap || null,
    fade: fadedPercent === 0 ? null : String(fadedPercent),
    hide: hiddenOverlays.join(SEPARATOR) || null,
  };
}
