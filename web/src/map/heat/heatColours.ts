// The colours of the cells where aircraft flew, from few to many. Pure. Monotone in lightness, so also readable without colours.
import type { Theme } from "../palette";

const COLOURS: Readonly<Record<Theme, readonly string[]>> = {
  dark: ["#a45bd0", "#d45a9c", "#f0705a", "#fcae2a", "#fcffa4"],
  light: ["#cc6f18", "#cf4a35", "#a82c62", "#6b1a72", "#2f0a55"],
};
const LEAST_OPACITY = 0.45;
const MOST_OPACITY = 0.85;

/** @param share from 0 to 1, as of `shareOf`. */
export function heatColour(theme: Theme, share: number): { readonly colour: string; readonly opacity: number } {
  const colours = COLOURS[theme];
  return {
    colour: colours[Math.min(colours.length - 1, Math.floor(share * colours.length))] as string,
    opacity: LEAST_OPACITY + (MOST_OPACITY - LEAST_OPACITY) * share,
  };
}
