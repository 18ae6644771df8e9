// Classes of zoom: how exact the aircraft of a class are, how large its tiles are, and how often it is sent (tiles.md).

export interface ZoomClass {
  readonly number: number;
  /** The zoom up to which half a pixel is exact enough. */
  readonly finestZoom: number;
  /** The world is cut into 2 ** tileZoom by 2 ** tileZoom tiles. */
  readonly tileZoom: number;
  /** The world is 2 ** positionBits units wide and high. */
  readonly positionBits: number;
  /** A unit of velocity moves an aircraft by 2 ** -velocityShift units of position in 0.1 s. */
  readonly velocityShift: number;
  /** 25 ft times this is one unit of altitude. */
  readonly altitudeStep: number;
}

export const CLASSES: readonly ZoomClass[] = [
  { number: 0, finestZoom: 4, tileZoom: 0, positionBits: 14, velocityShift: 12, altitudeStep: 10 },
  { number: 1, finestZoom: 6, tileZoom: 4, positionBits: 16, velocityShift: 12, altitudeStep: 4 },
  { number: 2, finestZoom: 8, tileZoom: 6, positionBits: 18, velocityShift: 12, altitudeStep: 4 },
  { number: 3, finestZoom: 10, tileZoom: 8, positionBits: 20, velocityShift: 11, altitudeStep: 1 },
  { number: 4, finestZoom: 13, tileZoom: 11, positionBits: 23, velocityShift: 9, altitudeStep: 1 },
];

/** The class that is exact enough for a zoom; above the finest, the finest. */
export function classOfZoom(zoom: number): ZoomClass {
  return (CLASSES.find(({ finestZoom }) => zoom <= finestZoom) ?? CLASSES.at(-1)) as ZoomClass;
}
