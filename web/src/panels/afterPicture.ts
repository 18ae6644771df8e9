// Work for later must not hold up the picture: what is counted may be known long before the map has drawn it.
import type { RefObject } from "react";
import type { MapHandle } from "@/map/FlightMap";

/** A map that cannot draw, and a page that nobody looks at, do not hold it up for ever. */
const LONGEST_WAIT_MS = 5_000;

/**
 * Call back once, in the frame after that of the map's picture, or when it was waited for long enough; returns what calls
 * it off. In a browser's own performance recording that frame is the mark `first picture`.
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
