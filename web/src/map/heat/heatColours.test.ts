import { expect, test } from "vitest";
import { PALETTES, rgb } from "../palette";
import { heatColour } from "./heatColours";

const LEAST_CONTRAST = 1.4;
const SHARES = Array.from({ length: 20 }, (_, step) => (step + 1) / 20);

/** Relative luminance, as WCAG defines it. */
function luminance(channels: readonly number[]): number {
  const [red, green, blue] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * (red as number) + 0.7152 * (green as number) + 0.0722 * (blue as number);
}

for (const theme of ["dark", "light"] as const) {
  for (const ground of ["land", "sea"] as const) {
    test(`each cell is visible on the ${ground} of the ${theme} map, and the more aircraft, the more so`, () => {
      const under = rgb(PALETTES[theme][ground]);
      const contrasts = SHARES.map((share) => {
        const { colour, opacity } = heatColour(theme, share);
        const over = rgb(colour).map((channel, i) => opacity * channel + (1 - opacity) * (under[i] as number));
        const [low, high] = [luminance(over), luminance(under)].sort((a, b) => a - b) as [number, number];
        return (high + 0.05) / (low + 0.05);
      });
      expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(LEAST_CONTRAST);
      expect(contrasts).toEqual(contrasts.toSorted((a, b) => a - b));
    });
  }
}
