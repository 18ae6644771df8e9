// Draws one tile of the built-in map: sea, land, coasts and borders. Pure except for the context. Lakes, rivers and
// names come later (mapDetails.ts).
import type { Palette } from "./palette";
import type { Path, WorldOutline } from "./worldOutline";

/** Points closer than this to the last one are skipped. */
const FINEST_PX = 0.4;
/** Margin around the tile for lines whose width extends over its edge. */
const EDGE_PX = 2;

export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export function drawTile(
  context: CanvasRenderingContext2D,
  world: WorldOutline,
  tile: Tile,
  side: number,
  palette: Palette,
): void {
  const trace = (paths: readonly Path[]) => tracePaths(context, paths, tile, side);

  context.fillStyle = palette.sea;
  context.fillRect(0, 0, side, side);
  context.lineJoin = "round";
  trace(world.land);
  context.fillStyle = palette.land;
  context.fill("evenodd");
  trace(world.coasts);
  context.strokeStyle = palette.coast;
  context.lineWidth = tile.z < 4 ? 0.6 : 0.9;
  context.stroke();
  trace(world.borders);
  context.strokeStyle = palette.border;
  context.lineWidth = tile.z < 4 ? 0.6 : 1;
  context.stroke();
}

/** Begin a path of the context, and add those that touch the tile. */
export function tracePaths(context: CanvasRenderingContext2D, paths: readonly Path[], tile: Tile, side: number): void {
  const scale = side * 2 ** tile.z;
  const left = tile.x * side;
  const top = tile.y * side;
  context.beginPath();
  for (const path of paths) {
    if (path.south * scale < top - EDGE_PX || path.north * scale > top + side + EDGE_PX) continue;
    // A shape across the 180th meridian is drawn at both ends of the map.
    for (const world of path.west < 0 ? [0, 1] : path.east > 1 ? [-1, 0] : [0]) {
      const from = left - world * scale;
      if (path.east * scale < from - EDGE_PX || path.west * scale > from + side + EDGE_PX) continue;
      tracePath(context, path, scale, from, top, side);
    }
  }
}

/**
 * Add a path to the context, in pixels of the tile. Runs of points beyond one side of the tile are skipped: a tile with one
 * fjord must not draw the whole coast of Norway.
 */
function tracePath(
  context: CanvasRenderingContext2D,
  { points }: Path,
  scale: number,
  left: number,
  top: number,
  side: number,
): void {
  let lastX = 0;
  let lastY = 0;
  let lastSides = 0;
  let skipped = false;
  for (let i = 0; i < points.length; i += 2) {
    const x = (points[i] as number) * scale - left;
    const y = (points[i + 1] as number) * scale - top;
    const sides = (x < -EDGE_PX ? 1 : x > side + EDGE_PX ? 2 : 0) | (y < -EDGE_PX ? 4 : y > side + EDGE_PX ? 8 : 0);
    if (i === 0) context.moveTo(x, y);
    else if ((sides & lastSides) !== 0 && i + 2 < points.length) {
      lastSides &= sides;
      skipped = true;
      lastX = x;
      lastY = y;
      continue;
    } else {
      if (skipped) context.lineTo(lastX, lastY);
      else if (sides === 0 && i + 2 < points.length && Math.abs(x - lastX) + Math.abs(y - lastY) < FINEST_PX) continue;
      context.lineTo(x, y);
    }
    skipped = false;
    lastX = x;
    lastY = y;
    lastSides = sides;
  }
}
