// The part of the map that nothing covers: neither the card of the selected aircraft nor the sheet of a phone. "Follow",
// "fit" and "show" use it.
import type { Map as LeafletMap } from "leaflet";

/** Elements over the map that hide what is below them. */
export const COVERS = "[data-covers-map]";
/** They come and go, so the middle of the map does not depend on them. */
const MESSAGES = ".notices > div";
const EDGE_PX = 48;
/** The buttons at the right. */
const BUTTONS_PX = 64;
/** Largest share of the free part that its edges may take. */
const EDGE_SHARE = 0.25;

/** Pixels from the map's corner. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export function freeSpace(map: LeafletMap, selector = COVERS): Rectangle {
  const container = map.getContainer();
  const { x, y } = map.getSize();
  const corner = container.getBoundingClientRect();
  const covers = [...(container.closest("main")?.querySelectorAll(selector) ?? [])].map((cover) => {
    const { left, top, right, bottom } = cover.getBoundingClientRect();
    return { left: left - corner.left, top: top - corner.top, right: right - corner.left, bottom: bottom - corner.top };
  });
  return freeOf({ left: 0, top: 0, right: x, bottom: y }, covers);
}

/** What is left of a rectangle beside covers: of each, the largest part beside, above or below it. */
export function freeOf(whole: Rectangle, covers: readonly Rectangle[]): Rectangle {
  return covers.reduce(largestBeside, whole);
}

function largestBeside(free: Rectangle, cover: Rectangle): Rectangle {
  const isApart =
    cover.right <= free.left || cover.left >= free.right || cover.bottom <= free.top || cover.top >= free.bottom;
  if (isApart) return free;
  const parts = [
    { ...free, right: cover.left },
    { ...free, left: cover.right },
    { ...free, bottom: cover.top },
    { ...free, top: cover.bottom },
  ];
  return parts.reduce((largest, part) => (areaOf(part) > areaOf(largest) ? part : largest));
}

function areaOf({ left, top, right, bottom }: Rectangle): number {
  return Math.max(0, right - left) * Math.max(0, bottom - top);
}

/** The middle of the free part, in pixels from the map's corner. */
export function freeCentre(map: LeafletMap): { readonly x: number; readonly y: number } {
  const { left, top, right, bottom } = freeSpace(map);
  return { x: (left + right) / 2, y: (top + bottom) / 2 };
}

/** The free part without its edges, the buttons and messages. */
export function freeInside(map: LeafletMap): Rectangle {
  const { left, top, right, bottom } = freeSpace(map, `${COVERS}, ${MESSAGES}`);
  const edgeX = Math.min(EDGE_PX, EDGE_SHARE * (right - left));
  const edgeY = Math.min(EDGE_PX, EDGE_SHARE * (bottom - top));
  const buttons = map.getSize().x - right < BUTTONS_PX ? BUTTONS_PX : 0;
  return {
    left: left + edgeX,
    top: top + edgeY,
    right: Math.max(left + edgeX, right - Math.max(edgeX, buttons)),
    bottom: bottom - edgeY,
  };
}
