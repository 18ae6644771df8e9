// Work for later must not hold up the picture: what is counted may be known long before the map has drawn it.
import type { RefObject } from "react";
import type { MapHandle } from "@/map/FlightMap";

/** Call back once the frame after the map's picture begins, when the page is seen; returns what calls it off. */
export function afterPicture(map: RefObject<MapHandle | null>, action: () => void): () => void {
  const look = () => {
    request = requestAnimationFrame(map.current?.layer.hasPicture ? action : look);
  };
  let request = requestAnimationFrame(look);
  return () => cancelAnimationFrame(request);
}
