// The map's options in the page's address, so they can be shared and survive a reload. Pure. Defaults are omitted;
// invalid values are ignored.

export interface MapOptions {
  readonly hasLabels: boolean;
  readonly hasAirports: boolean;
  /** Show the trails of all aircraft in view; the selected one always has its trail. */
  readonly hasTrails: boolean;
  /** Move aircraft with each frame; otherwise where they are is shown every few seconds. */
  readonly estimates: boolean;
  /** Keep the selected aircraft in the middle of the map. */
  readonly isFollowing: boolean;
  /** Show only the selected aircraft. */
  readonly isIsolated: boolean;
  /** Shade where it is night. */
  readonly hasNight: boolean;
  readonly hasGraticule: boolean;
  /** Key of the base map (backdrop/baseMaps.ts); empty: the first. */
  readonly baseMap: string;
  /** How much the base map fades, 0 to 80. */
  readonly fadedPercent: number;
  /** Names of the tracker's overlays that are not shown. */
  readonly hiddenOverlays: readonly string[];
}

export const FIRST_OPTIONS: MapOptions = {
  hasLabels: true,
  hasAirports: true,
  hasTrails: false,
  estimates: true,
  isFollowing: false,
  isIsolated: false,
  hasNight: false,
  hasGraticule: false,
  baseMap: "",
  fadedPercent: 0,
  hiddenOverlays: [],
};

const MOST_FADED = 80;
const SEPARATOR = "|";

/** The parameters of the switches. */
const PARAMETERS = {
  hasLabels: "labels",
  hasAirports: "airports",
  hasTrails: "trails",
  estimates: "estimates",
  isFollowing: "follow",
  isIsolated: "isolate",
  hasNight: "night",
  hasGraticule: "graticule",
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
    baseMap: parameters.get("base") ?? "",
    fadedPercent: Math.max(0, Math.min(MOST_FADED, Math.round(Number(parameters.get("fade"))) || 0)),
    hiddenOverlays: parameters.get("hide")?.split(SEPARATOR) ?? [],
  };
}

/** By name in the address; null for the default. */
export function parametersOfOptions(options: MapOptions): Record<string, string | null> {
  const { baseMap, fadedPercent, hiddenOverlays } = options;
  return {
    ...Object.fromEntries(
      NAMES.map((name) => [
        PARAMETERS[name],
        options[name] === FIRST_OPTIONS[name] ? null : options[name] ? "on" : "off",
      ]),
    ),
    base: baseMap || null,
    fade: fadedPercent === 0 ? null : String(fadedPercent),
    hide: hiddenOverlays.join(SEPARATOR) || null,
  };
}
