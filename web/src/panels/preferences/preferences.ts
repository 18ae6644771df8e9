// What a person prefers: theme, units, language, single-key shortcuts. The page's address has
// priority, so a link shows what its sender saw; then storage; then the system. Pure.
import type { Theme } from "@/map/palette";
import { type Units, unitNames } from "@/texts/formats";
import { LANGUAGES, type Language, languageFor } from "@/texts/language";
import { oneOf } from "../pageUrl";

export const THEME_CHOICES = ["system", "dark", "light"] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];

export interface Preferences {
  readonly theme: ThemeChoice;
  readonly units: Units;
  /** Null: the browser's. */
  readonly language: Language | null;
  readonly hasShortcuts: boolean;
  /** The UTC clock over the map. */
  readonly hasClock: boolean;
}

export const FIRST_PREFERENCES: Preferences = {
  theme: "system",
  units: "aviation",
  language: null,
  hasShortcuts: true,
  hasClock: false,
};

export function readPreferences(query: string, stored: (name: string) => string | null): Preferences {
  const parameters = new URLSearchParams(query);
  const find = <T extends string>(words: readonly T[], name: string) =>
    oneOf(words, parameters.get(name)) ?? oneOf(words, stored(name));
  return {
    theme: find(THEME_CHOICES, "theme") ?? FIRST_PREFERENCES.theme,
    units:
      [parameters.get("units"), stored("units")].find((units) => unitNames(units) !== null) ?? FIRST_PREFERENCES.units,
    language: find(LANGUAGES, "lang"),
    hasShortcuts: stored("shortcuts") !== "off",
    hasClock: stored("clock") === "on",
  };
}

/** By name in storage and, but for shortcuts and the clock, in the address; null for the default. */
export function preferenceTexts(change: Partial<Preferences>): Record<string, string | null> {
  const texts: Record<string, string | null> = {};
  if (change.theme !== undefined) texts.theme = change.theme === "system" ? null : change.theme;
  if (change.units !== undefined) texts.units = change.units === "aviation" ? null : change.units;
  if (change.language !== undefined) texts.lang = change.language;
  if (change.hasShortcuts !== undefined) texts.shortcuts = change.hasShortcuts ? null : "off";
  if (change.hasClock !== undefined) texts.clock = change.hasClock ? "on" : null;
  return texts;
}

export function themeOf(choice: ThemeChoice, systemIsLight: boolean): Theme {
  if (choice !== "system") return choice;
  return systemIsLight ? "light" : "dark";
}

export function languageOf({ language }: Preferences, browserLanguages: readonly string[]): Language {
  return language ?? languageFor(browserLanguages);
}
