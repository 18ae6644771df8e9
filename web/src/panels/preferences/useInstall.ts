// Whether the browser offers to install the page as an app. It does so in one early event that must be kept.
"use client";

import { useSyncExternalStore } from "react";

interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

let offered: InstallPrompt | null = null;
const listeners = new Set<() => void>();

function changed(prompt: InstallPrompt | null): void {
  offered = prompt;
  for (const listener of listeners) listener();
}

/** Call once when the page starts. */
export function watchInstall(): void {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    changed(event as InstallPrompt);
  });
  window.addEventListener("appinstalled", () => changed(null));
}

/** Ask the browser to install the page; null while it does not offer it. */
export function useInstall(): (() => void) | null {
  const prompt = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => offered,
    () => null,
  );
  if (prompt === null) return null;
  return () => {
    changed(null);
    void prompt.prompt();
  };
}
