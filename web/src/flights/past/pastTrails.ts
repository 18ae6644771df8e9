// The trails of all aircraft in the past, from the moments that are loaded. trailPoints.ts reads them like the live ones.
import { COLUMN, DEGREES_PER_POSITION_UNIT, ON_GROUND_BIT } from "@flighttracker/client";
import type { FlightRows } from "../flightRows";
import { TRAIL_NUMBERS, TRAIL_ON_GROUND } from "../trailLayout";
import { POINTS, SPACING_MS } from "../trails";
import { type Moment, positionTimeMs } from "./moment";

/** As long as a live trail is. */
export const TRAIL_SPAN_MS = POINTS * SPACING_MS;

export class PastTrails {
  /** @param moments newest first. */
  constructor(
    private readonly moments: readonly Moment[],
    private readonly rows: FlightRows,
  ) {}

  /** The last `most` positions of a row, oldest first, TRAIL_NUMBERS for each. */
  of(row: number, most = POINTS): Float64Array<ArrayBuffer> {
    const icao24 = this.rows.icao24[row] as number;
    const points: number[][] = [];
    let laterMs = Number.POSITIVE_INFINITY;
    for (const moment of this.moments) {
      if (points.length >= most) break;
      const i = moment.indexOf(icao24);
      if (i < 0) continue;
      const timeMs = positionTimeMs(moment, i);
      // The same report again.
      if (timeMs >= laterMs) continue;
      laterMs = timeMs;
      const value = (column: number) => (moment.dynamic[column] as Int32Array)[i] as number;
      points.push([
        timeMs,
        value(COLUMN.latitude) * DEGREES_PER_POSITION_UNIT,
        value(COLUMN.longitude) * DEGREES_PER_POSITION_UNIT,
        (value(COLUMN.status) & ON_GROUND_BIT) !== 0 ? TRAIL_ON_GROUND : value(COLUMN.baroAltitude),
      ]);
    }
    const trail = new Float64Array(points.length * TRAIL_NUMBERS);
    points.reverse().forEach((point, i) => {
      trail.set(point, i * TRAIL_NUMBERS);
    });
    return trail;
  }
}
