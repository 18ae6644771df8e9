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
}

export const FIRST_OPTIONS: MapOptions = {
  hasLabels: true,
  hasAirports: true,
  hasTrails: false,
  estimates: true,
  isFollowing: false,
  isIsolated: false,
};

const PARAMETERS: Readonly<Record<keyof MapOptions, string>> = {
  hasLabels: "labels",
  hasAirports: "airports",
  hasTrails: "trails",
  estimates: "estimates",
  isFollowing: "follow",
  isIsolated: "isolate",
};

const NAMES = Object.keys(PARAMETERS) as readonly (keyof MapOptions)[];

export function optionsFromQuery(query: string): MapOptions {
  const parameters = new URLSearchParams(query);
  const chosen = NAMES.flatMap((name) => {
    const word = parameters.get(PARAMETERS[name]);
    return word === "on" || word === "off" ? [[name, word === "on"] as const] : [];
  });
  return { ...FIRST_OPTIONS, ...Object.fromEntries(chosen) };
}

/** By name in the address; null for the default. */
export function parametersOfOptions(options: MapOptions): Record<string, string | null> {
  return Object.fromEntries(
    NAMES.map((name) => [
      PARAMETERS[name],
      options[name] === FIRST_OPTIONS[name] ? null : options[name] ? "on" : "off",
    ]),
  );
}
