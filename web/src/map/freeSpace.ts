// The part of the map that the card of the selected aircraft does not cover: the card is at the left on a wide screen, and
// over the lower half on a phone. "Follow" and "fit" use the free part.
import type { Map as LeafletMap } from "leaflet";

/** Width at which the layout changes (globals.css). */
const WIDE_PX = 900;
const CARD_WIDTH_PX = 344;
/** Share of a phone's map above the card. */
const FREE_SHARE = 0.5;
const EDGE_PX = 48;
/** The buttons at the right. */
const BUTTONS_PX = 64;

/** The middle of the free part, in pixels from the map's corner. */
export function freeCentre(map: LeafletMap): { readonly x: number; readonly y: number } {
  const { x, y } = map.getSize();
  return isWide() ? { x: x / 2, y: y / 2 } : { x: x / 2, y: (y * FREE_SHARE) / 2 };
}

/** Padding around a fitted area, pixels. */
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
