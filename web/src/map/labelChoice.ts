// Chooses the aircraft that get a label: as many as fit without overlap, the important ones first. Aircraft keep their
// labels, to avoid flicker while everything moves. A label stands on the side of its aircraft where it covers no other text.
// Pure; LabelLayer calls it twice a second.

export interface Candidate {
  readonly row: number;
  /** Pixels from the map's corner. */
  readonly x: number;
  readonly y: number;
  /** Higher comes first. */
  readonly weight: number;
}

/** Space that a label needs, including its aircraft. */
export interface LabelSize {
  readonly width: number;
  readonly height: number;
}

/** Pixels from the map's corner. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Overlaps nothing. */
export const NOWHERE: Box = { left: 0, top: 0, right: -1, bottom: -1 };

/** The right first, which has room among the other aircraft (`chooseLabels`). */
export const SIDES = ["right", "left", "below", "above"] as const;
export type Side = (typeof SIDES)[number];

/** Where a label of a size stands, at a distance from the middle of its aircraft. */
export function boxBeside(
  side: Side,
  { x, y }: { readonly x: number; readonly y: number },
  { width, height }: LabelSize,
  distance: number,
): Box {
  const left = side === "right" ? x + distance : side === "left" ? x - distance - width : x - width / 2;
  const top = side === "below" ? y + distance : side === "above" ? y - distance - height : y - height / 2;
  return { left, top, right: left + width, bottom: top + height };
}

/** The first side whose box covers none of the others; the first of all if each does. */
export function freeSide(sides: readonly Side[], boxOf: (side: Side) => Box, others: readonly Box[]): Side {
  const isFree = (side: Side) => {
    const { left, top, right, bottom } = boxOf(side);
    return !others.some(
      (other) => other.left < right && left < other.right && other.top < bottom && top < other.bottom,
    );
  };
  return sides.find(isFree) ?? (sides[0] as Side);
}

/** The candidates that get a label, at most `most`. */
export function chooseLabels(
  candidates: readonly Candidate[],
  kept: ReadonlySet<number>,
  { width, height }: LabelSize,
  most: number,
): Candidate[] {
  const rank = ({ row, weight }: Candidate) => 2 * weight + (kept.has(row) ? 1 : 0);
  const ordered = [...candidates].sort((a, b) => rank(b) - rank(a) || a.row - b.row);
  const chosen: Candidate[] = [];
  // At most one label for each cell, so only the neighbouring cells have to be checked.
  const cells = new Map<string, Candidate>();
  for (const candidate of ordered) {
    if (chosen.length >= most) break;
    const column = Math.floor(candidate.x / width);
    const line = Math.floor(candidate.y / height);
    if (isCovered(cells, candidate, column, line, width, height)) continue;
    cells.set(`${column} ${line}`, candidate);
    chosen.push(candidate);
  }
  return chosen;
}

function isCovered(
  cells: ReadonlyMap<string, Candidate>,
  { x, y }: Candidate,
  column: number,
  line: number,
  width: number,
  height: number,
): boolean {
  for (let dx = -1; dx <= 1; dx++) {
    for (let dy = -1; dy <= 1; dy++) {
      const other = cells.get(`${column + dx} ${line + dy}`);
      if (other !== undefined && Math.abs(other.x - x) < width && Math.abs(other.y - y) < height) return true;
    }
  }
  return false;
}
