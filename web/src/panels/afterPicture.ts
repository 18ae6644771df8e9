// Delays work until the map has drawn the first aircraft.
import type { RefObject } from "react";
import type { MapHandle } from "@/map/FlightMap";

/** Limit for a map that fails to draw and for a page in the background. */
const LONGEST_WAIT_MS = 5_000;

/**
 * Call back once, in the frame after that of the map's picture, or after LONGEST_WAIT_MS; returns a function that
 * cancels it. In a browser's own performance recording that frame is the mark `first picture`.
 */
export function afterPicture(map: RefObject<MapHandle | null>, action: () => void): () => void {
  const cancel = () => {
    cancelAnimationFrame(request);
    clearTimeout(timer);
  };
  let isDone = false;
  const act = () => {
    if (!isDone) action();
    isDone = true;
  };
  const seen = () => {
    performance.mark("first picture");
    clearTimeout(timer);
    act();
  };
  const look = () => {
    request = requestAnimationFrame(map.current?.layer.hasPicture ? seen : look);
  };
  let request = requestAnimationFrame(look);
  const timer = setTimeout(act, LONGEST_WAIT_MS);
  return cancel;
}
