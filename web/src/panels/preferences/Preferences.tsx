// Provides the preferences and stores them: in React, in the address and in the browser. Without a choice, theme and
// language follow the system.
"use client";

import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import type { Theme } from "@/map/palette";
import { Formats } from "@/texts/formats";
import { ENGLISH, type Language, loadTexts, type Texts } from "@/texts/language";
import { loadLaterTextsAlso } from "@/texts/later";
import { FormatsContext, TextsContext } from "@/texts/TextsContext";
import { replaceInAddress } from "../pageUrl";
import {
  FIRST_PREFERENCES,
  languageOf,
  type Preferences,
  preferenceTexts,
  readPreferences,
  themeOf,
} from "./preferences";
import { store, stored } from "./storage";

interface Chosen {
  readonly preferences: Preferences;
  readonly theme: Theme;
  readonly language: Language;
  /** The page speaks its reader's language, or English because that language did not load. */
  readonly isSpoken: boolean;
  /** The browser failed to store a value. */
  readonly isStorageRefused: boolean;
  change(change: Partial<Preferences>): void;
  /** Store another value of this page; sets `isStorageRefused` when that fails. */
  keep(name: string, value: string | null): void;
}

const PreferencesContext = createContext<Chosen | null>(null);

export function usePreferences(): Chosen {
  const chosen = useContext(PreferencesContext);
  if (chosen === null) throw new Error("usePreferences is for what stands inside PreferencesProvider");
  return chosen;
}

interface Spoken {
  readonly language: Language;
  readonly texts: Texts;
}

export function PreferencesProvider({ children }: { readonly children: ReactNode }) {
  const [preferences, setPreferences] = useState(FIRST_PREFERENCES);
  const [systemIsLight, setSystemIsLight] = useState(false);
  const [spoken, setSpoken] = useState<Spoken>({ language: "en", texts: ENGLISH });
  const [isRead, setRead] = useState(false);
  const [isSpoken, setSpeaks] = useState(false);
  const [isStorageRefused, setStorageRefused] = useState(false);

  useEffect(() => {
    const read = () => setPreferences(readPreferences(window.location.search, stored));
    const system = window.matchMedia("(prefers-color-scheme: light)");
    const follow = () => setSystemIsLight(system.matches);
    read();
    follow();
    setRead(true);
    system.addEventListener("change", follow);
    window.addEventListener("popstate", read);
    return () => {
      system.removeEventListener("change", follow);
      window.removeEventListener("popstate", read);
    };
  }, []);

  const theme = themeOf(preferences.theme, systemIsLight);
  useEffect(() => {
    if (isRead) document.documentElement.dataset.theme = theme;
  }, [isRead, theme]);

  const wanted = isRead ? languageOf(preferences, navigator.languages) : "en";
  useEffect(() => {
    if (!isRead) return;
    let isCurrent = true;
    Promise.all([loadTexts(wanted), loadLaterTextsAlso(wanted)])
      .then(([texts]) => isCurrent && setSpoken({ language: wanted, texts }))
      .catch((error: unknown) => console.warn(`the words in the language ${wanted} did not load:`, error))
      .finally(() => {
        delete document.documentElement.dataset.words;
        if (isCurrent) setSpeaks(true);
      });
    return () => {
      isCurrent = false;
    };
  }, [isRead, wanted]);
  useEffect(() => {
    if (isRead && spoken.language === wanted) document.documentElement.lang = spoken.language;
  }, [isRead, spoken, wanted]);

  const keep = useCallback((name: string, value: string | null) => {
    if (!store(name, value)) setStorageRefused(true);
  }, []);
  const change = useCallback(
    (changed: Partial<Preferences>) => {
      setPreferences((before) => ({ ...before, ...changed }));
      const { shortcuts, clock, ...inAddress } = preferenceTexts(changed);
      replaceInAddress(inAddress);
      for (const [name, value] of Object.entries(inAddress)) keep(name, value);
      if (shortcuts !== undefined) keep("shortcuts", shortcuts);
      if (clock !== undefined) keep("clock", clock);
    },
    [keep],
  );
  const formats = useMemo(
    () => new Formats(preferences.units, spoken.language, spoken.texts.unknown),
    [preferences.units, spoken],
  );
  const chosen = useMemo(
    () => ({ preferences, theme, language: spoken.language, isSpoken, isStorageRefused, change, keep }),
    [preferences, theme, spoken.language, isSpoken, isStorageRefused, change, keep],
  );

  return (
    <PreferencesContext value={chosen}>
      <TextsContext value={spoken.texts}>
        <FormatsContext value={formats}>{children}</FormatsContext>
      </TextsContext>
    </PreferencesContext>
  );
}
