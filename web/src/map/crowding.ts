// Keeps a crowded map readable: where the map is far out, each small square shows one aircraft. Which one hardly changes: that
// of the lowest row. FlightLayer calls it when positions or the zoom change. Pure.
import { INSTANCE, INSTANCE_FLOATS, VISIBLE } from "@/flights/instance";

/** Side of a square, CSS pixels: an icon of the smallest size covers it. */
const SQUARE_PX = 9;
/** From this zoom on, every aircraft is shown. */
const FULL_FROM_ZOOM = 6;
/** Fewer never hide a continent. */
const CROWD = 4_000;

const taken = new Map<number, Uint8Array>();

/**
 * Hide all but one aircraft of each square of the world, where the map is far out and crowded; returns how many are left.
 *
 * @param visibleCount how many aircraft are visible
 */
export function thinOut(
  states: Uint8Array,
  instances: Float32Array,
  rowCount: number,
  zoom: number,
  visibleCount: number,
): number {
  if (visibleCount < CROWD || zoom >= FULL_FROM_ZOOM) return visibleCount;
  const scale = 256 * 2 ** zoom;
  const side = Math.max(1, Math.floor(scale / SQUARE_PX));
  let squares = taken.get(side);
  if (squares === undefined) {
    taken.clear();
    squares = new Uint8Array(side * side);
    taken.set(side, squares);
  } else squares.fill(0);
  let left = 0;
  for (let row = 0; row < rowCount; row++) {
    if (((states[row] as number) & VISIBLE) === 0) continue;
    const at = row * INSTANCE_FLOATS;
    const x = Math.floor((((instances[at + INSTANCE.xHigh] as number) % 1) + 1) * side) % side;
    const y = Math.min(side - 1, Math.max(0, Math.floor((instances[at + INSTANCE.yHigh] as number) * side)));
    if (squares[y * side + x] === 1) states[row] = 0;
    else {
      squares[y * side + x] = 1;
      left++;
    }
  }
  return left;
}
