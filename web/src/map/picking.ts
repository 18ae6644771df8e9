// Which aircraft is under the pointer. The positions are those that are drawn at this moment, so they are computed when a
// person points, at most once per animation frame. One pass over all rows takes about 0.3 ms for 20,000 aircraft; an
// index would have to be rebuilt as often as it is asked, because everything moves.
import { type Place, placeAt } from "@/flights/deadReckoning";
import type { FlightRows } from "@/flights/flightRows";
import { type MapView, screenX, screenY } from "./view";

const place: Place = { x: 0, y: 0, headingRad: 0 };

export interface Pointer {
  /** Pixels from the map's corner. */
  readonly x: number;
  readonly y: number;
  /** How far away an aircraft may be: wider for a finger than for a mouse. */
  readonly reachPx: number;
}

/** The row of the shown aircraft nearest to the pointer, or −1. */
export function pick(rows: FlightRows, view: MapView, timeS: number, pointer: Pointer): number {
  let nearest = -1;
  let nearestSquared = pointer.reachPx ** 2;
  for (let row = 0; row < rows.rowCount; row++) {
    if (rows.shown[row] !== 1) continue;
    placeAt(rows.instances, row, timeS, false, place);
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
