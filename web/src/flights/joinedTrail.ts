// The trail of an aircraft from two sources: for the map, and for the worker.
import { TRAIL_NUMBERS } from "./trailLayout";

/** The last `most` points of both trails: the gateway's up to where the page's own begins. */
export function joinedTrail(earlier: Float64Array, own: Float64Array, most = Number.POSITIVE_INFINITY): Float64Array {
  const begins = own.length === 0 ? Number.POSITIVE_INFINITY : (own[0] as number);
  let kept = 0;
  while (kept < earlier.length && (earlier[kept] as number) < begins) kept += TRAIL_NUMBERS;
  const joined = new Float64Array(kept + own.length);
  joined.set(earlier.subarray(0, kept));
  joined.set(own, kept);
  return joined.subarray(Math.max(0, joined.length - most * TRAIL_NUMBERS));
}
