// Whether the page is wide: the panel stands beside the map. Otherwise the panel is a sheet over it. Measured in text
// sizes as in globals.css, so larger text gets the layout that has room for it.
import { useSyncExternalStore } from "react";

const WIDE_REM = 56.25;
const USUAL_PX = 16;

export function isWide(): boolean {
  const remPx = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || USUAL_PX;
  return window.innerWidth >= WIDE_REM * remPx;
}

export function useWide(): boolean {
  return useSyncExternalStore(watchWidth, isWide, () => true);
}

function watchWidth(listener: () => void): () => void {
  window.addEventListener("resize", listener);
  return () => window.removeEventListener("resize", listener);
}
