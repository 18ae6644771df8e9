// The tiles that a map shows, to ask a gateway for them. Pure.
import { modulo } from "./motion.ts";
import type { FollowedTiles } from "./picture.ts";
import { CLASSES, classOfZoom, type ZoomClass } from "./zoomClass.ts";

/** Most tiles that a gateway accepts from one viewer. */
export const MOST_TILES = 64;
/** Most aircraft of which a gateway sends every report to one viewer. */
export const MOST_EXACT = 64;
/** How far beyond the view, in views: a map that pans a little needs no other tiles. */
const MARGINS = [0.25, 0.1, 0] as const;
/** So far outside its tile, in tiles, an aircraft still belongs to it. */
const BORDER = 1 / 16;

/** What a map shows, in fractions of the world: x from 180° west, y from the north. East − west may be more than 1. */
export interface WorldView {
  readonly west: number;
  readonly north: number;
  readonly east: number;
  readonly south: number;
  /** Pixels of the world are 256 · 2 ** zoom. */
  readonly zoom: number;
}

/** The tiles of the class of a view, with a margin; of a coarser class where they would be more than MOST_TILES. */
export function tilesInView(view: WorldView): FollowedTiles {
  const wanted = classOfZoom(view.zoom).number;
  for (let number = wanted; number > 0; number--) {
    const zoom = CLASSES[number] as ZoomClass;
    for (const margin of MARGINS) {
      const tiles = tilesOf(view, margin, 2 ** zoom.tileZoom);
      if (tiles !== null) return { zoom, tiles };
    }
  }
  return { zoom: CLASSES[0] as ZoomClass, tiles: [] };
}

/** Ascending; null if they are too many. */
function tilesOf({ west, north, east, south }: WorldView, margin: number, count: number): number[] | null {
  const marginX = Math.max(margin * (east - west), BORDER / count);
  const marginY = Math.max(margin * (south - north), BORDER / count);
  const firstColumn = Math.floor((west - marginX) * count);
  const columns = Math.min(count, Math.floor((east + marginX) * count) - firstColumn + 1);
  const row = (y: number) => Math.max(0, Math.min(count - 1, Math.floor(y * count)));
  const firstRow = row(north - marginY);
  const rows = row(south + marginY) - firstRow + 1;
  // Also false for a view without a size or a place.
  if (!(columns > 0 && columns * rows <= MOST_TILES)) return null;
  const tiles: number[] = [];
  for (let r = firstRow; r < firstRow + rows; r++) {
    for (let c = 0; c < columns; c++) tiles.push(r * count + modulo(firstColumn + c, count));
  }
  return tiles.sort((a, b) => a - b);
}
