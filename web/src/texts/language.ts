// Which languages there are, which one a person gets, and their words. English is part of the page; the others are
// loaded when they are needed.
import { en, type Texts } from "./en";

export const LANGUAGES = ["en", "de", "fr"] as const;
export type Language = (typeof LANGUAGES)[number];

/** As each language calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: "English", de: "Deutsch", fr: "Français" };

const LOADERS: Readonly<Record<Exclude<Language, "en">, () => Promise<Texts>>> = {
  de: () => import("./de").then(({ de }) => de),
  fr: () => import("./fr").then(({ fr }) => fr),
};

export function isLanguage(word: unknown): word is Language {
  return LANGUAGES.includes(word as Language);
}

/** The first of a browser's languages ("de-AT", "en") that the page speaks, else English. */
export function languageFor(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split("-")[0];
    if (isLanguage(language)) return language;
  }
  return "en";
}

export function loadTexts(language: Language): Promise<Texts> {
  return language === "en" ? Promise.resolve(en) : LOADERS[language]();
}
