// Where an aircraft is shown at a moment, from one instance. The vertex shader (map/shaders.ts) does the same arithmetic;
// a browser test compares the two. Used for picking, the canvas layer, following, and by the worker for corrections.
import { INSTANCE, INSTANCE_FLOATS } from "./instance";

/** A position is flown on for so long after it was measured; then the icon waits and fades. */
export const DEAD_RECKONING_S = 60;
/** Time constant of the blend from the track that was displayed to the one that came. */
export const BLEND_TIME_S = 0.35;
/** From this age of its position an icon fades, until FADED_S. */
export const FADE_FROM_S = 35;
export const FADED_S = 110;
export const FADED_OPACITY = 0.3;

export interface Place {
  x: number;
  y: number;
  headingRad: number;
}

/** How much of a correction is still to be made, 1 to 0; without blending (reduced motion) always 0. */
export function blendRemaining(sinceS: number, blends: boolean): number {
  return blends ? Math.exp(-Math.max(0, sinceS) / BLEND_TIME_S) : 0;
}

/** Write into `out` where row `row` of `instances` is shown at `timeS`, seconds since the reference. */
export function placeAt(instances: Float32Array, row: number, timeS: number, blends: boolean, out: Place): void {
  const at = row * INSTANCE_FLOATS;
  const value = (index: number) => instances[at + index] as number;
  const flownS = Math.max(0, Math.min(DEAD_RECKONING_S, timeS - value(INSTANCE.positionTime)));
  const remaining = blendRemaining(timeS - value(INSTANCE.blendStart), blends);
  out.x =
    value(INSTANCE.xHigh) +
    value(INSTANCE.xLow) +
    value(INSTANCE.velocityX) * flownS +
    value(INSTANCE.offsetX) * remaining;
  out.y =
    value(INSTANCE.yHigh) +
    value(INSTANCE.yLow) +
    value(INSTANCE.velocityY) * flownS +
    value(INSTANCE.offsetY) * remaining;
  out.headingRad = value(INSTANCE.heading) + value(INSTANCE.headingOffset) * remaining;
}

/** How opaque an icon is whose position is so old. */
export function opacityAt(ageS: number): number {
  const faded = Math.max(0, Math.min(1, (ageS - FADE_FROM_S) / (FADED_S - FADE_FROM_S)));
  return 1 - (1 - FADED_OPACITY) * faded;
}
