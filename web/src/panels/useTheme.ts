// The theme as React state, kept in step with the system until a person chooses.
"use client";

import { useEffect, useState } from "react";
import type { Theme } from "@/map/palette";
import { THEME_KEY } from "./themeScript";

export function useTheme(): { theme: Theme; toggleTheme: () => void } {
  const [theme, setTheme] = useState<Theme>("dark");

  useEffect(() => {
    setTheme(document.documentElement.dataset.theme === "light" ? "light" : "dark");
    const system = window.matchMedia("(prefers-color-scheme: light)");
    const follow = () => {
      if (chosen() === null) show(system.matches ? "light" : "dark");
    };
    const show = (next: Theme) => {
      document.documentElement.dataset.theme = next;
      setTheme(next);
    };
    system.addEventListener("change", follow);
    return () => system.removeEventListener("change", follow);
  }, []);

  const toggleTheme = () => {
    const next = theme === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    setTheme(next);
    try {
      localStorage.setItem(THEME_KEY, next);
    } catch {
      // A browser that stores nothing forgets the choice on reload, which is what it was told to do.
    }
  };
  return { theme, toggleTheme };
}

function chosen(): string | null {
  try {
    return localStorage.getItem(THEME_KEY);
  } catch {
    return null;
  }
}
