// Where an aircraft is shown at a moment, from its instance. The vertex shader (map/shaders.ts) does the same arithmetic;
// a browser test compares the two. Used for picking, the canvas layer, following, and by the worker for corrections.
import { INSTANCE, INSTANCE_FLOATS } from "./instance";

/** How long an aircraft is extrapolated after its position; then the icon stops and fades. */
export const DEAD_RECKONING_S = 60;
/** Time constant of the blend from the displayed track to the new one. */
export const BLEND_TIME_S = 0.35;
/** How long an aircraft was not heard when its icon begins to fade, until FADED_S. */
export const FADE_FROM_S = 35;
export const FADED_S = 110;
export const FADED_OPACITY = 0.3;

export interface Place {
  x: number;
  y: number;
  headingRad: number;
}

/** Remaining share of a correction, 1 to 0; without blending (reduced motion) always 0. */
export function blendRemaining(sinceS: number, blends: boolean): number {
  return blends ? Math.exp(-Math.max(0, sinceS) / BLEND_TIME_S) : 0;
}

/**
 * Write into `out` where row `row` of `instances` is shown at `timeS`, seconds since the reference. `mostS` is how long a
 * position is extrapolated; with 0 the aircraft stays at its last position.
 */
export function placeAt(
  instances: Float32Array,
  row: number,
  timeS: number,
  blends: boolean,
  out: Place,
  mostS = DEAD_RECKONING_S,
): void {
  const at = row * INSTANCE_FLOATS;
  const ageS = timeS - (instances[at + INSTANCE.positionTime] as number);
  const flownS = Math.max(0, Math.min(mostS, ageS));
  const remaining = blendRemaining(timeS - (instances[at + INSTANCE.blendStart] as number), blends);
  out.x =
    (instances[at + INSTANCE.xHigh] as number) +
    (instances[at + INSTANCE.xLow] as number) +
    (instances[at + INSTANCE.velocityX] as number) * flownS +
    (instances[at + INSTANCE.offsetX] as number) * remaining;
  out.y =
    (instances[at + INSTANCE.yHigh] as number) +
    (instances[at + INSTANCE.yLow] as number) +
    (instances[at + INSTANCE.velocityY] as number) * flownS +
    (instances[at + INSTANCE.offsetY] as number) * remaining;
  out.headingRad =
    (instances[at + INSTANCE.heading] as number) + (instances[at + INSTANCE.headingOffset] as number) * remaining;
}

/** Opacity of an icon, from the time since the aircraft was last heard. */
export function opacityAt(unheardS: number): number {
  const faded = Math.max(0, Math.min(1, (unheardS - FADE_FROM_S) / (FADED_S - FADE_FROM_S)));
  return 1 - (1 - FADED_OPACITY) * faded;
}
