// Finds the aircraft under the pointer. It uses the positions of the current frame, so they are computed when the pointer
// moves, at most once per animation frame. One pass over all rows takes about 0.3 ms for 20,000 aircraft. Everything moves,
// so an index would have to be rebuilt for every query.
import { type Place, placeAt } from "@/flights/deadReckoning";
import type { FlightRows } from "@/flights/flightRows";
import { VISIBLE } from "@/flights/instance";
import type { Scene } from "./renderer";
import { screenX, screenY } from "./view";

const place: Place = { x: 0, y: 0, headingRad: 0 };

type Moment = Pick<Scene, "view" | "timeS" | "flownS">;

export interface Pointer {
  /** Pixels from the map's corner. */
  readonly x: number;
  readonly y: number;
  /** Largest distance of an aircraft: larger for a finger than for a mouse. */
  readonly reachPx: number;
}

/** The row of the visible aircraft nearest to the pointer, or −1. */
export function pick(rows: FlightRows, states: Uint8Array, { view, timeS, flownS }: Moment, pointer: Pointer): number {
  let nearest = -1;
  let nearestSquared = pointer.reachPx ** 2;
  const count = Math.min(rows.rowCount, states.length);
  for (let row = 0; row < count; row++) {
    if (((states[row] as number) & VISIBLE) === 0) continue;
    placeAt(rows.instances, row, timeS, false, place, flownS);
    const awayY = screenY(view, place.y) - pointer.y;
    if (awayY * awayY > nearestSquared) continue;
    let awayX = screenX(view, place.x) - pointer.x;
    awayX -= Math.round(awayX / view.scale) * view.scale;
    const squared = awayX * awayX + awayY * awayY;
    if (squared < nearestSquared) {
      nearest = row;
      nearestSquared = squared;
    }
  }
  return nearest;
}
