// Which part of the map stays visible while the card of the selected aircraft lies on it: at the left on a wide screen, over
// the lower half on a phone. What is followed or fitted goes to the part that is free.
import type { Map as LeafletMap } from "leaflet";

/** The layout changes there (globals.css). */
const WIDE_PX = 900;
const CARD_WIDTH_PX = 344;
/** Part of a phone's map above the card. */
const FREE_SHARE = 0.5;
const EDGE_PX = 48;
/** The buttons at the right. */
const BUTTONS_PX = 64;

/** Pixels from the map's corner to where the selected aircraft is shown best. */
export function freeCentre(map: LeafletMap): { readonly x: number; readonly y: number } {
  const { x, y } = map.getSize();
  return isWide() ? { x: x / 2, y: y / 2 } : { x: x / 2, y: (y * FREE_SHARE) / 2 };
}

/** Space to leave around what is fitted into the view, pixels. */
export function fitPadding(
  map: LeafletMap,
  hasCard: boolean,
): { topLeft: [number, number]; bottomRight: [number, number] } {
  const height = map.getSize().y;
  if (!hasCard) return { topLeft: [EDGE_PX, EDGE_PX], bottomRight: [BUTTONS_PX, EDGE_PX] };
  return isWide()
    ? { topLeft: [CARD_WIDTH_PX + EDGE_PX, EDGE_PX], bottomRight: [BUTTONS_PX, EDGE_PX] }
    : { topLeft: [EDGE_PX, EDGE_PX], bottomRight: [BUTTONS_PX, height * FREE_SHARE] };
}

function isWide(): boolean {
  return window.innerWidth >= WIDE_PX;
}
