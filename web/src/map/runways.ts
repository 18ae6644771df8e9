// Draws runways to scale, with their designators where there is room. AirportLayer calls it for each tile.
import { EQUATOR_M, mercatorX, mercatorY } from "@/flights/mercator";
import type { Airfield } from "./airfields";
import type { Box } from "./labelChoice";
import { pageScale } from "./pageScale";
import type { Palette } from "./palette";
import { type MapView, screenX, screenY } from "./view";

export const RUNWAYS_FROM_ZOOM = 10;
const NAMES_FROM_ZOOM = 13;
const CENTRE_LINES_FROM_ZOOM = 14;
/** Width of a runway whose width is unknown. */
const USUAL_WIDTH_M = 30;
const THINNEST_PX = 1.6;
/** Of a designator at the page's usual size: its type, from the end of the runway to its middle, and a letter's width. */
const NAME_PX = { size: 11, away: 12, letter: 8 };

interface Strip {
  readonly ends: readonly [number, number, number, number];
  readonly names: readonly [string, string];
  readonly widthM: number;
  readonly isHard: boolean;
  readonly latitudeDeg: number;
}

/** Runways as Mercator fractions. */
export class Runways {
  private readonly strips: readonly Strip[];

  constructor(airfields: readonly Airfield[]) {
    this.strips = airfields.flatMap(({ runways, latitudeDeg }) =>
      runways.flatMap(({ ends, name, widthM, surface }) => {
        if (ends === null) return [];
        const [first = "", second = ""] = name.split("/");
        const places = ends.flatMap((end) => [mercatorX(end.longitudeDeg), mercatorY(end.latitudeDeg)]);
        return {
          ends: places as [number, number, number, number],
          names: [first, second] as const,
          widthM: widthM || USUAL_WIDTH_M,
          isHard: surface !== "soft" && surface !== "water",
          latitudeDeg,
        };
      }),
    );
  }

  draw(
    context: CanvasRenderingContext2D,
    tile: { x: number; y: number; z: number },
    side: number,
    palette: Palette,
  ): void {
    const worldPx = side * 2 ** tile.z;
    const [left, top] = [tile.x * side, tile.y * side];
    const reach = 40;
    for (const { ends, names, widthM, isHard, latitudeDeg } of this.strips) {
      const [x0, y0, x1, y1] = [
        ends[0] * worldPx - left,
        ends[1] * worldPx - top,
        ends[2] * worldPx - left,
        ends[3] * worldPx - top,
      ];
      if (Math.max(x0, x1) < -reach || Math.min(x0, x1) > side + reach) continue;
      if (Math.max(y0, y1) < -reach || Math.min(y0, y1) > side + reach) continue;
      const pxPerM = worldPx / (EQUATOR_M * Math.cos((latitudeDeg * Math.PI) / 180));
      const widthPx = Math.max(THINNEST_PX, widthM * pxPerM);
      context.lineCap = "butt";
      line(context, [x0, y0, x1, y1], widthPx + 1.5, palette.runwayEdge);
      line(context, [x0, y0, x1, y1], widthPx, isHard ? palette.runway : palette.softRunway);
      if (tile.z >= CENTRE_LINES_FROM_ZOOM && isHard && widthPx > 6) {
        context.setLineDash([12, 10]);
        line(context, [x0, y0, x1, y1], 1, palette.runwayEdge);
        context.setLineDash([]);
      }
      if (tile.z >= NAMES_FROM_ZOOM) nameEnds(context, [x0, y0, x1, y1], names, palette);
    }
  }

  /** Around the designators, pixels of the view. */
  *boxes(view: MapView, zoom: number): Iterable<Box> {
    if (zoom < NAMES_FROM_ZOOM) return;
    const letters = pageScale();
    for (const { ends, names } of this.strips) {
      const [x, y] = [screenX(view, ends[0]), screenY(view, ends[1])];
      if (x < -view.width || x > 2 * view.width || y < -view.height || y > 2 * view.height) continue;
      const drawn = [x, y, screenX(view, ends[2]), screenY(view, ends[3])] as const;
      for (const [name, middleX, middleY] of placesOfNames(drawn, names, letters)) {
        const halfWidth = (letters * name.length * NAME_PX.letter) / 2;
        const halfHeight = (letters * NAME_PX.size) / 2;
        yield {
          left: middleX - halfWidth,
          top: middleY - halfHeight,
          right: middleX + halfWidth,
          bottom: middleY + halfHeight,
        };
      }
    }
  }
}

function line(
  context: CanvasRenderingContext2D,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
  width: number,
  colour: string,
): void {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke();
}

/** The designators beyond both ends. */
function nameEnds(
  context: CanvasRenderingContext2D,
  ends: readonly [number, number, number, number],
  names: readonly [string, string],
  palette: Palette,
): void {
  const letters = pageScale();
  context.font = `600 ${letters * NAME_PX.size}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.strokeStyle = palette.labelHalo;
  context.fillStyle = palette.placeText;
  for (const [text, x, y] of placesOfNames(ends, names, letters)) {
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
  }
}

/** Each designator with its middle; none of a runway that is too short for them. */
function placesOfNames(
  [x0, y0, x1, y1]: readonly [number, number, number, number],
  names: readonly [string, string],
  letters: number,
): readonly (readonly [string, number, number])[] {
  const awayPx = letters * NAME_PX.away;
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < 4 * awayPx) return [];
  const [alongX, alongY] = [((x1 - x0) / length) * awayPx, ((y1 - y0) / length) * awayPx];
  return [
    [names[0], x0 - alongX, y0 - alongY],
    [names[1], x1 + alongX, y1 + alongY],
  ];
}
