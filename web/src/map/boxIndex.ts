// Boxes by the cells of a grid, so that a new one is compared with its neighbours alone. Pure; what places texts on the map uses
// it.
import type { Box } from "./labelChoice";

const CELL_PX = 128;
/** More lines of cells than the world has at the closest zoom. */
const MOST_LINES = 2 ** 20;

export class BoxIndex {
  private readonly cells = new Map<number, Box[]>();

  constructor(boxes: Iterable<Box> = []) {
    for (const box of boxes) this.add(box);
  }

  add(box: Box): void {
    for (const key of cellsOf(box)) {
      const cell = this.cells.get(key);
      if (cell === undefined) this.cells.set(key, [box]);
      else cell.push(box);
    }
  }

  /** Whether a box covers none of those that were added. */
  isFree(box: Box): boolean {
    return cellsOf(box).every((key) => this.cells.get(key)?.every((other) => !overlap(box, other)) ?? true);
  }
}

function overlap(one: Box, other: Box): boolean {
  return other.left < one.right && one.left < other.right && other.top < one.bottom && one.top < other.bottom;
}

function cellsOf({ left, top, right, bottom }: Box): number[] {
  const keys: number[] = [];
  for (let column = Math.floor(left / CELL_PX); column <= right / CELL_PX; column++) {
    for (let line = Math.floor(top / CELL_PX); line <= bottom / CELL_PX; line++) keys.push(column * MOST_LINES + line);
  }
  return keys;
}
