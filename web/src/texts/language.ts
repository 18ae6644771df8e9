// Which languages there are, which one a person gets, and its texts. English is part of the page; the others are loaded when they
// are needed. A file of texts, LANGUAGE.json, adds a language.
import { texts as english } from "./compiled/en";
import { LANGUAGE_NAMES, LOADERS } from "./compiled/languages";

export { LANGUAGE_NAMES };
export type Language = keyof typeof LANGUAGE_NAMES;
export const LANGUAGES = Object.keys(LANGUAGE_NAMES) as Language[];

/** What the page shows until its first picture, in one language. */
export type Texts = typeof english;
export const ENGLISH: Texts = english;

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
  return language === "en" ? Promise.resolve(english) : LOADERS[language]().then(({ texts }) => texts);
}
