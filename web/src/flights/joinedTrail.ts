// The trail of an aircraft from two sources. Apart from track.ts, because the map needs it at once.
import { TRAIL_NUMBERS } from "./trails";

/** Both trails as one: the gateway's up to where the page's own begins. */
export function joinedTrail(earlier: Float64Array, own: Float64Array): Float64Array {
  const begins = own.length === 0 ? Number.POSITIVE_INFINITY : (own[0] as number);
  let kept = 0;
  while (kept < earlier.length && (earlier[kept] as number) < begins) kept += TRAIL_NUMBERS;
  const joined = new Float64Array(kept + own.length);
  joined.set(earlier.subarray(0, kept));
  joined.set(own, kept);
  return joined;
}
