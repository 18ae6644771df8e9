// Whether the first aircraft have arrived, and whether the map has drawn them. Everything that can wait for the first
// picture starts here: the other parts of the page, and the copy for offline use.
"use client";

import { type RefObject, useEffect, useState } from "react";
import { hasAny } from "@/flights/anyAircraft";
import type { Pulse } from "@/flights/workerMessages";
import type { MapHandle } from "@/map/FlightMap";
import { loadLaterTexts } from "@/texts/later";
import { useFormats } from "@/texts/TextsContext";
import { afterPicture } from "./afterPicture";
import { preloadParts } from "./parts";
import { keepOffline } from "./preferences/keepOffline";

export function useFirstPicture(
  map: RefObject<MapHandle | null>,
  pulse: Pulse | null,
): { readonly hasPicture: boolean; readonly isDrawn: boolean } {
  const [isDrawn, setDrawn] = useState(false);
  const { language } = useFormats();
  const hasPicture = pulse !== null && hasAny(pulse.statistics);

  useEffect(() => {
    if (!hasPicture) return;
    return afterPicture(map, () => {
      setDrawn(true);
      preloadParts();
      keepOffline();
    });
  }, [hasPicture, map]);
  useEffect(() => {
    if (!isDrawn) return;
    loadLaterTexts(language).catch((error: unknown) =>
      console.warn("the words of later parts did not load yet:", error),
    );
  }, [isDrawn, language]);
  return { hasPicture, isDrawn };
}
