// The size of the page's type in pixels: larger on a wall screen (globals.css), or as set in the browser.
"use client";

import { useEffect, useState } from "react";

const USUAL_PX = 16;

export function useRem(): number {
  const [rem, setRem] = useState(USUAL_PX);
  useEffect(() => {
    const read = () => setRem(Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || USUAL_PX);
    read();
    window.addEventListener("resize", read);
    return () => window.removeEventListener("resize", read);
  }, []);
  return rem;
}
