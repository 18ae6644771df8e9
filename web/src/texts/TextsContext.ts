// The words and the formats of numbers as components get them. `panels/preferences/Preferences.tsx` provides both.
"use client";

import { createContext, useContext } from "react";
import { Formats } from "./formats";
import { ENGLISH, type Texts } from "./language";

export const TextsContext = createContext<Texts>(ENGLISH);
export const FormatsContext = createContext<Formats>(new Formats("aviation", "en", ENGLISH.unknown));

/** Every word of the page, in the language that was chosen. */
export function useTexts(): Texts {
  return useContext(TextsContext);
}

/** Numbers and units as the person at the screen wants them. */
export function useFormats(): Formats {
  return useContext(FormatsContext);
}
