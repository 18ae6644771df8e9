// Draws one tile of the built-in map: sea, graticule, land, coasts, borders and the names of countries that are wide
// enough for theirs. Pure but for the context. Names are drawn into every tile that they touch, each clipped at its edge.
import type { Palette } from "./palette";
import type { Path, WorldOutline } from "./worldOutline";

/** Points nearer than this to the last one are left out. */
const FINEST_PX = 0.4;
const LABEL_FONT = "500 11px system-ui, sans-serif";
const LABEL_REACH_PX = 90;

interface Tile {
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
  const scale = side * 2 ** tile.z;
  const left = tile.x * side;
  const top = tile.y * side;
  const near = (path: Path) =>
    path.east * scale >= left - 2 &&
    path.west * scale <= left + side + 2 &&
    path.south * scale >= top - 2 &&
    path.north * scale <= top + side + 2;
  const trace = (paths: readonly Path[]) => {
    context.beginPath();
    for (const path of paths) if (near(path)) tracePath(context, path, scale, left, top);
  };

  context.fillStyle = palette.sea;
  context.fillRect(0, 0, side, side);
  drawGraticule(context, tile, side, palette);
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
  drawLabels(context, world, scale, left, top, side, palette);
}

function tracePath(
  context: CanvasRenderingContext2D,
  { points }: Path,
  scale: number,
  left: number,
  top: number,
): void {
  let lastX = Number.NaN;
  let lastY = Number.NaN;
  for (let i = 0; i < points.length; i += 2) {
    const x = (points[i] as number) * scale - left;
    const y = (points[i + 1] as number) * scale - top;
    const isLast = i + 2 >= points.length;
    if (i === 0) context.moveTo(x, y);
    else if (isLast || Math.abs(x - lastX) + Math.abs(y - lastY) > FINEST_PX) context.lineTo(x, y);
    else continue;
    lastX = x;
    lastY = y;
  }
}

function drawGraticule(context: CanvasRenderingContext2D, tile: Tile, side: number, palette: Palette): void {
  const perTile = tile.z < 3 ? 4 : 2;
  context.strokeStyle = palette.graticule;
  context.lineWidth = 1;
  context.beginPath();
  for (let i = 0; i < perTile; i++) {
    const at = Math.round((i * side) / perTile) + 0.5;
    context.moveTo(at, 0);
    context.lineTo(at, side);
    context.moveTo(0, at);
    context.lineTo(side, at);
  }
  context.stroke();
}

function drawLabels(
  context: CanvasRenderingContext2D,
  world: WorldOutline,
  scale: number,
  left: number,
  top: number,
  side: number,
  palette: Palette,
): void {
  context.font = LABEL_FONT;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.strokeStyle = palette.labelHalo;
  context.fillStyle = palette.label;
  for (const { name, x, y, width } of world.labels) {
    const centreX = x * scale - left;
    const centreY = y * scale - top;
    if (Math.abs(centreX - side / 2) > side / 2 + LABEL_REACH_PX) continue;
    if (Math.abs(centreY - side / 2) > side / 2 + LABEL_REACH_PX) continue;
    if (context.measureText(name).width > width * scale * 0.85) continue;
    context.strokeText(name, centreX, centreY);
    context.fillText(name, centreX, centreY);
  }
}
