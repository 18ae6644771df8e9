// The bar over the map while a person draws: what to do, the result, and buttons that work without a pointer. "Point in the
// middle" adds the middle of the map, which the arrow keys move.
"use client";

import { type RefObject, useEffect, useSyncExternalStore } from "react";
import { distanceM, type LatLon } from "@/flights/greatCircle";
import type { MapHandle } from "@/map/FlightMap";
import { fromHere } from "@/map/here";
import {
  addPoint,
  cancelSketch,
  canFinish,
  finishSketch,
  getSketchOnMap,
  type Sketch,
  subscribeSketch,
  undoPoint,
} from "@/map/sketch";
import type { Formats } from "@/texts/formats";
import { useLaterTexts } from "@/texts/later";
import { useFormats } from "@/texts/TextsContext";

const BUTTON =
  "min-h-9 rounded-lg border border-line px-3 font-medium text-data text-soft hover:border-accent hover:text-accent disabled:opacity-40";

export function SketchBar({ map }: { readonly map: RefObject<MapHandle | null> }) {
  const sketch = useSyncExternalStore(subscribeSketch, getSketchOnMap, () => null);
  const { tools } = useLaterTexts();
  const formats = useFormats();
  const isOn = sketch !== null;
  const addMiddle = () => {
    const middle = map.current?.middle() ?? null;
    if (middle !== null) addPoint(middle);
  };

  useEffect(() => {
    if (!isOn) return;
    const pressed = (event: KeyboardEvent) => {
      const isOnMap = event.target instanceof Element && event.target.classList.contains("leaflet-container");
      if (event.key === "Escape") cancelSketch();
      else if (event.key === "Enter" && isOnMap) addMiddle();
      else if (event.key === "Backspace" && isOnMap) undoPoint();
      else return;
      // Otherwise the page's own keys would act, too.
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener("keydown", pressed, { capture: true });
    return () => window.removeEventListener("keydown", pressed, { capture: true });
  });

  if (sketch === null) return null;
  return (
    <section
      aria-label={tools.names[sketch.kind]}
      className="map-overlay pointer-events-auto absolute top-3 left-1/2 z-[670] w-max max-w-[calc(100%-7rem)] -translate-x-1/2 rounded-xl border border-line bg-raised px-3 py-2.5 shadow-xl"
    >
      <p className="mb-2 text-sm text-soft" role="status">
        {sketch.points.length > 1 ? resultOf(sketch, formats) : tools.hints[sketch.kind]}
      </p>
      <div className="flex flex-wrap gap-2">
        <button className={BUTTON} onClick={addMiddle} type="button">
          {tools.middle}
        </button>
        <button className={BUTTON} disabled={sketch.points.length === 0} onClick={undoPoint} type="button">
          {tools.undo}
        </button>
        {sketch.kind === "polygon" && (
          <button className={BUTTON} disabled={!canFinish()} onClick={finishSketch} type="button">
            {tools.finish}
          </button>
        )}
        <button className={BUTTON} onClick={cancelSketch} type="button">
          {sketch.kind === "measure" ? tools.close : tools.cancel}
        </button>
      </div>
      <span aria-hidden="true" className="map-crosshair" />
    </section>
  );
}

/** The whole distance, and the last leg with its bearing. */
function resultOf({ points }: Sketch, formats: Formats): string {
  const legs = points.slice(1).map((point, i) => distanceM(points[i] as LatLon, point));
  const [before, last] = points.slice(-2) as [LatLon, LatLon];
  const leg = `${formats.distance(legs.at(-1) as number)} ${formats.track(fromHere(before, last, null).bearingDeg)}`;
  const total = legs.reduce((sum, metres) => sum + metres, 0);
  return legs.length === 1 ? leg : `${formats.distance(total)} · ${leg}`;
}
