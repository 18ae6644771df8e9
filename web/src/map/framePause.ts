// How long a map that stands still may wait for its next frame: until the fastest aircraft has moved a quarter of a pixel.
import { EQUATOR_M } from "@/flights/mercator";

const FASTEST_MPS = 300;
const SMOOTH_PX = 0.25;
const SLOWEST_MS = 500;

/**
 * @param scale pixels per world
 * @param blendUntilMs until when corrections of positions are blended in
 */
export function smoothPauseMs(scale: number, blendUntilMs: number): number {
  const pixelsPerSecond = (FASTEST_MPS / EQUATOR_M) * scale * 2;
  const isBlending = pixelsPerSecond > 1 && performance.now() < blendUntilMs;
  return isBlending ? 0 : Math.min(SLOWEST_MS, (SMOOTH_PX / pixelsPerSecond) * 1000);
}
