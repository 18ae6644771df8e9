// Colours of aircraft and of the built-in map, for each theme. Altitude runs from orange (low) over a pale middle to blue
// and violet (high): people with any common form of colour blindness can distinguish blue and orange.
import { FEET_PER_ALTITUDE_UNIT } from "@flighttracker/client";

export type Theme = "dark" | "light";

/** Altitudes of the colour stops, feet. */
export const ALTITUDE_STOPS_FT = [0, 8_000, 16_000, 24_000, 32_000, 40_000] as const;

export interface Palette {
  /** One colour for each altitude stop. */
  readonly altitude: readonly string[];
  readonly ground: string;
  readonly unknown: string;
  readonly emergency: string;
  readonly selected: string;
  readonly outline: string;
  readonly trail: string;
  readonly sea: string;
  readonly land: string;
  readonly river: string;
  readonly border: string;
  readonly coast: string;
  readonly label: string;
  readonly labelHalo: string;
  readonly runway: string;
  readonly softRunway: string;
  readonly runwayEdge: string;
  /** Names of cities, airports and runways. */
  readonly placeText: string;
  /** Labels of aircraft: the callsign, and the line below it. */
  readonly labelText: string;
  readonly labelDetail: string;
}

export const PALETTES: Readonly<Record<Theme, Palette>> = {
  dark: {
    altitude: ["#ff7a3d", "#ffa545", "#ffd27a", "#cfe3d4", "#79c7f2", "#9d9bff"],
    ground: "#8b98a8",
    unknown: "#c3ccd6",
    emergency: "#ff4d6d",
    selected: "#5ee0c8",
    outline: "#04090f",
    trail: "#5ee0c8",
    sea: "#070e18",
    land: "#21303e",
    river: "#0f1c2b",
    border: "#3f5265",
    coast: "#43586c",
    label: "#8295a7",
    labelHalo: "#1b2835",
    runway: "#a3b5c7",
    softRunway: "#6b8a71",
    runwayEdge: "#0b1420",
    placeText: "#b4c3d1",
    labelText: "#e9eff5",
    labelDetail: "#bac7d4",
  },
  light: {
    altitude: ["#c2410c", "#c9720a", "#a3811b", "#3f8a78", "#1d6fb8", "#4a3fb5"],
    ground: "#66717e",
    unknown: "#4a5563",
    emergency: "#d01544",
    selected: "#0b7a6b",
    outline: "#ffffff",
    trail: "#0b7a6b",
    sea: "#bcd2e3",
    land: "#f4f5f2",
    river: "#a9c6dc",
    border: "#bcc4cc",
    coast: "#95abbf",
    label: "#66727f",
    labelHalo: "#f4f5f2",
    runway: "#6b7886",
    softRunway: "#8fae8c",
    runwayEdge: "#ffffff",
    placeText: "#44525f",
    labelText: "#14202b",
    labelDetail: "#394957",
  },
};

/** Red, green and blue, each from 0 to 1. */
export function rgb(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}

/** Colour of an altitude as stored, interpolated between the stops; the shader does the same. */
export function altitudeColour(palette: Palette, storedAltitude: number): [number, number, number] {
  const feet = storedAltitude * FEET_PER_ALTITUDE_UNIT;
  let colour = rgb(palette.altitude[0] as string);
  for (let stop = 1; stop < ALTITUDE_STOPS_FT.length; stop++) {
    const from = ALTITUDE_STOPS_FT[stop - 1] as number;
    const share = Math.max(0, Math.min(1, (feet - from) / ((ALTITUDE_STOPS_FT[stop] as number) - from)));
    const next = rgb(palette.altitude[stop] as string);
    colour = [0, 1, 2].map((i) => (colour[i] as number) + ((next[i] as number) - (colour[i] as number)) * share) as [
      number,
      number,
      number,
    ];
  }
  return colour;
}

/** The same as a CSS colour. */
export function altitudeCss(palette: Palette, storedAltitude: number): string {
  return css(altitudeColour(palette, storedAltitude));
}

export function css([red, green, blue]: readonly [number, number, number]): string {
  return `rgb(${Math.round(red * 255)} ${Math.round(green * 255)} ${Math.round(blue * 255)})`;
}
