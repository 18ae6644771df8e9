// How often aircraft were in each cell of the map: a place of each aircraft every few minutes, counted in the cells of Leaflet's
// tiles. Pure.

/** Side of a cell, pixels; a tile has CELLS × CELLS of them. */
export const CELL_PX = 8;
export const CELLS = 256 / CELL_PX;

export interface Heat {
  /** The counts of a tile's cells, row by row; undefined where no aircraft was. */
  tile(x: number, y: number): Uint32Array | undefined;
  /** The largest count of all cells. */
  readonly most: number;
}

/** @param places Mercator fractions: x and y of each place. */
export function heatAt(zoom: number, places: Iterable<Float32Array>): Heat {
  const across = 2 ** zoom;
  const tiles = new Map<number, Uint32Array>();
  let most = 0;
  for (const part of places) {
    for (let at = 0; at + 1 < part.length; at += 2) {
      const column = Math.floor((part[at] as number) * across * CELLS);
      const line = Math.floor((part[at + 1] as number) * across * CELLS);
      const key = Math.floor(line / CELLS) * across + Math.floor(column / CELLS);
      let cells = tiles.get(key);
      if (cells === undefined) {
        cells = new Uint32Array(CELLS * CELLS);
        tiles.set(key, cells);
      }
      const cell = (line % CELLS) * CELLS + (column % CELLS);
      const count = (cells[cell] as number) + 1;
      cells[cell] = count;
      if (count > most) most = count;
    }
  }
  return { most, tile: (x, y) => tiles.get(y * across + (((x % across) + across) % across)) };
}

/** From 0 to 1: cells with few aircraft are visible beside an airport. */
export function shareOf(count: number, most: number): number {
  return most === 0 ? 0 : Math.log1p(count) / Math.log1p(most);
}
