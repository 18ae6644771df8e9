// Where the codes of airports stand at a zoom: below their dots, or on another side where a name of the map or another code is, or
// nowhere. From zoom 10 on a code has the airport's name under it, if there is room for both. Pure; AirportLayer draws them.
import { type Airport, codeOf } from "./airports";
import { BoxIndex } from "./boxIndex";
import { type Box, chooseLabels } from "./labelChoice";

export interface CodePlace {
  readonly side: CodeSide;
  readonly hasName: boolean;
}

export type CodeSide = "below" | "right" | "left" | "above";
const SIDES: readonly CodeSide[] = ["below", "right", "left", "above"];

/** From a dot to its code, and what a line of text needs. */
const BELOW_PX = 6;
const BESIDE_PX = 7;
const TEXT_PX = 10;
const LINE_PX = 12;
/** Widths of a letter of a code and of a name. */
const CODE_LETTER_PX = 7;
const NAME_LETTER_PX = 5.5;
/** Space that a code needs around its dot. */
const ROOM = { width: 34, height: 22 };

export interface CodeSpot {
  readonly airport: Airport;
  /** Mercator fractions. */
  readonly x: number;
  readonly y: number;
}

/**
 * @param spots the busiest first: where two codes would overlap, the busier has it.
 * @param taken the names of the map, pixels of the whole world.
 * @param letters how much larger than usual the page's type is.
 * @returns for each spot, where its code is; null: it has none.
 */
export function placeCodes(
  spots: readonly CodeSpot[],
  worldPx: number,
  taken: Iterable<Box>,
  letters: number,
  hasNames: boolean,
): (CodePlace | null)[] {
  const candidates = spots.map(({ x, y }, row) => ({ row, x: x * worldPx, y: y * worldPx, weight: -row }));
  const apart = new Set(chooseLabels(candidates, new Set(), ROOM, candidates.length).map(({ row }) => row));
  const index = new BoxIndex(taken);
  return spots.map((spot, row) => {
    if (!apart.has(row)) return null;
    const at = { x: spot.x * worldPx, y: spot.y * worldPx };
    for (const hasName of hasNames ? [true, false] : [false]) {
      for (const side of SIDES) {
        const box = codeBox(spot.airport, { side, hasName }, at, letters);
        if (!index.isFree(box)) continue;
        index.add(box);
        return { side, hasName };
      }
    }
    return null;
  });
}

/** Around a code and its name, whose dot is at a point. */
export function codeBox(
  airport: Airport,
  place: CodePlace,
  { x, y }: { readonly x: number; readonly y: number },
  letters: number,
): Box {
  const { codeTop, nameTop, dx } = linesOf(place);
  const codePx = codeOf(airport).length * CODE_LETTER_PX;
  const width = letters * (place.hasName ? Math.max(codePx, airport.name.length * NAME_LETTER_PX) : codePx);
  const start = x + letters * dx;
  const left = place.side === "right" ? start : place.side === "left" ? start - width : x - width / 2;
  const tops = place.hasName ? [codeTop, nameTop] : [codeTop];
  return {
    left,
    top: y + letters * Math.min(...tops),
    right: left + width,
    bottom: y + letters * (Math.max(...tops) + TEXT_PX),
  };
}

/** The tops of code and name, and how far they begin beside the dot, pixels. */
export function linesOf({ side, hasName }: CodePlace): {
  readonly codeTop: number;
  readonly nameTop: number;
  readonly dx: number;
} {
  if (side === "below") return { codeTop: BELOW_PX, nameTop: BELOW_PX + LINE_PX, dx: 0 };
  const dx = side === "right" ? BESIDE_PX : side === "left" ? -BESIDE_PX : 0;
  const lines = hasName ? 2 : 1;
  const codeTop =
    side === "above" ? -BELOW_PX - TEXT_PX - (lines - 1) * LINE_PX : -(TEXT_PX + (lines - 1) * LINE_PX) / 2;
  return { codeTop, nameTop: codeTop + LINE_PX, dx };
}
