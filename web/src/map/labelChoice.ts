// Chooses the aircraft that get a label: as many as fit without overlap, the important ones first. Aircraft keep their
// labels, to avoid flicker while everything moves. Pure; LabelLayer calls it twice a second.

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
