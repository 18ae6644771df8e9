// A data file of the page in a component: null until it has loaded, and for good where it fails.
"use client";

import { useEffect, useState } from "react";

/**
 * @param load null while nothing needs the file.
 * @param lacking what a person misses without it, for the log.
 */
export function useFile<T>(load: (() => Promise<T>) | null, lacking: string): T | null {
  const [file, setFile] = useState<T | null>(null);
  useEffect(() => {
    if (load === null) return;
    let isShown = true;
    load()
      .then((loaded) => isShown && setFile(() => loaded))
      .catch((error: unknown) => console.warn(`Missing: ${lacking}.`, error));
    return () => {
      isShown = false;
    };
  }, [load, lacking]);
  return file;
}
