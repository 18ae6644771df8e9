// Web Mercator (EPSG:3857) as fractions of the world: x grows eastwards from the 180th meridian, y southwards, 0 to 1.
// All drawing, picking and dead reckoning happens in these units, in double precision until the GPU is fed.

export const EQUATOR_M = 40_075_016.686;
export const METRES_PER_SECOND_PER_KNOT = 1852 / 3600;
/** Where Web Mercator's square world ends. */
export const MAX_LATITUDE_DEG = 85.05112878;

const RADIANS = Math.PI / 180;

export function mercatorX(longitudeDeg: number): number {
  return longitudeDeg / 360 + 0.5;
}

export function mercatorY(latitudeDeg: number): number {
  const clamped = Math.max(-MAX_LATITUDE_DEG, Math.min(MAX_LATITUDE_DEG, latitudeDeg));
  const sine = Math.sin(clamped * RADIANS);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

export function latitudeDeg(y: number): number {
  return Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) / RADIANS;
}

/** Longitude from −180 to 180, also for an x of a neighbouring copy of the world. */
export function longitudeDeg(x: number): number {
  return (x - Math.floor(x)) * 360 - 180;
}

/** Difference of two x that takes the shorter way around the world. */
export function shortestX(difference: number): number {
  return difference - Math.round(difference);
}

/** Length of one metre at a latitude, in fractions of the world. */
export function worldPerMetre(latitudeDegrees: number): number {
  const clamped = Math.max(-MAX_LATITUDE_DEG, Math.min(MAX_LATITUDE_DEG, latitudeDegrees));
  return 1 / (EQUATOR_M * Math.cos(clamped * RADIANS));
}
