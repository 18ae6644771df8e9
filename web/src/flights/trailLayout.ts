// The numbers of trails, as the worker keeps them and as the GPU reads them.

/** Numbers of one point of a trail: milliseconds since 1970, latitude and longitude in degrees, altitude as stored. */
export const TRAIL_NUMBERS = 4;
/** The altitude of an aircraft on ground; NULL_VALUE when it is unknown. */
export const TRAIL_ON_GROUND = -32767;

/** Floats of one point: x and y in fractions of the world from the origin, seconds since the rows' reference, altitude. */
export const POINT_FLOATS = 4;
/** Marks a break, instead of an altitude: no line leads to or from this point. */
export const BREAK = 1e9;

export interface TrailPoints {
  readonly points: Float32Array<ArrayBuffer>;
  /** Origin of the points, so that 32 bits are enough. */
  readonly originX: number;
  readonly originY: number;
  readonly referenceMs: number;
}
