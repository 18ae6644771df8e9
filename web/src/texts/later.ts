// Texts of parts of the page that load after the first picture, to keep the first load small. Each language is a chunk of its own,
// and a reader loads only that of the page's language: `panels/later.tsx` before it shows a part, `Preferences` before the page
// changes to another language.
"use client";

import { useMemo } from "react";
import type { texts as english } from "./compiled/en.later";
import { LATER_LOADERS } from "./compiled/languages";
import type { Language, Texts } from "./language";
import { useFormats, useTexts } from "./TextsContext";

export type LaterTexts = typeof english;

const RETRY_MS = 5_000;
const loaded: Partial<Record<Language, LaterTexts>> = {};

export async function loadLaterTexts(language: Language): Promise<LaterTexts> {
  const texts = loaded[language] ?? (await LATER_LOADERS[language]()).texts;
  loaded[language] = texts;
  return texts;
}

export function hasLaterTexts(language: Language): boolean {
  return loaded[language] !== undefined;
}

/** Load the texts of a language if a part is shown in another one. */
export async function loadLaterTextsAlso(language: Language): Promise<void> {
  if (Object.keys(loaded).length > 0) await loadLaterTexts(language);
}

/** Call a function with the texts of a language: at once if they have loaded. A failure is logged, and tried again. */
export function withLaterTexts(language: Language, use: (texts: LaterTexts) => void): void {
  const texts = loaded[language];
  if (texts !== undefined) {
    use(texts);
    return;
  }
  loadLaterTexts(language).then(use, (error: unknown) => {
    console.warn(`the words in the language ${language} did not load yet:`, error);
    setTimeout(() => withLaterTexts(language, use), RETRY_MS);
  });
}

/** For parts that `panels/later.tsx` shows. */
export function useLaterTexts(): LaterTexts {
  const { language } = useFormats();
  const texts = loaded[language];
  if (texts === undefined) throw new Error(`the later texts in the language ${language} have not loaded`);
  return texts;
}

export type AllTexts = Texts & LaterTexts;

/** All texts of the page, for parts that load later. */
export function useAllTexts(): AllTexts {
  const texts = useTexts();
  const later = useLaterTexts();
  return useMemo(() => ({ ...texts, ...later }), [texts, later]);
}
