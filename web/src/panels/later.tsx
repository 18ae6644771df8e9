// Loads parts of the page that are hidden at first after the first picture, which then appears sooner. A part that fails
// to load shows a retry button; the rest of the page keeps working.
"use client";

import { type ComponentType, useEffect, useState } from "react";
import { hasLaterTexts, loadLaterTexts } from "@/texts/later";
import { useFormats, useTexts } from "@/texts/TextsContext";
import { usePreferences } from "./preferences/Preferences";

interface Later<P> {
  readonly Part: ComponentType<P>;
  /** Load it before it is shown. */
  preload(): void;
}

/** @param saysLoading whether a placeholder is shown while it loads; parts that float over the map have none. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>, saysLoading = false): Later<P> {
  let loaded: ComponentType<P> | null = null;
  const fetched = async () => {
    loaded ??= await load();
    return loaded;
  };

  // biome-ignore lint/correctness/noComponentHookFactories: made once for each part, when parts.ts is loaded
  function Part(props: P) {
    const { panel, connection } = useTexts();
    const { language } = useFormats();
    const { isSpoken } = usePreferences();
    const [Component, setComponent] = useState<ComponentType<P> | null>(() => loaded);
    const [attempt, setAttempt] = useState(0);
    const [hasFailed, setFailed] = useState(false);

    // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt loads again
    useEffect(() => {
      let isCurrent = true;
      setFailed(false);
      const texts = isSpoken ? loadLaterTexts(language) : null;
      Promise.all([fetched(), texts])
        .then(([component]) => isCurrent && setComponent(() => component))
        .catch((error: unknown) => {
          console.warn("a part of the page did not load:", error);
          if (isCurrent) setFailed(true);
        });
      return () => {
        isCurrent = false;
      };
    }, [attempt, language, isSpoken]);

    if (Component !== null && hasLaterTexts(language)) return <Component {...props} />;
    if (!hasFailed) return saysLoading ? <p className="p-4 text-muted text-sm">{connection.loading} …</p> : null;
    return (
      <p className="pointer-events-auto p-4 text-muted text-sm" role="alert">
        {panel.notLoaded}{" "}
        <button className="text-accent underline" onClick={() => setAttempt(attempt + 1)} type="button">
          {panel.tryAgain}
        </button>
      </p>
    );
  }

  return {
    Part,
    preload: () => {
      fetched().catch((error: unknown) => console.warn("a part of the page did not load yet:", error));
    },
  };
}
