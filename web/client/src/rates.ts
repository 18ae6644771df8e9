// The last movement of each aircraft of a shard, and the position that it predicts: frames with rates contain only the
// difference from that position (frame.md). All values are integers, so every reader computes the same.
//
// ShardTable owns one; it uses no memory until the first frame with rates.
import { COLUMN } from "./columns.ts";

const MAX_CHANGE = 32767;
/** A minute in units of an age, 0.1 s. */
export const MAX_ELAPSED = 600;

/** A row of rates: changes of latitude and longitude, and how long they took. */
export type RateRows = readonly [Int32Array, Int32Array, Int32Array];

export class Rates {
  private rows: RateRows = [new Int32Array(0), new Int32Array(0), new Int32Array(0)];

  /** Store the rates of the aircraft that a frame adds. */
  put(slots: Uint32Array, rows: RateRows, capacity: number): void {
    this.reserve(capacity);
    for (let r = 0; r < rows.length; r++) {
      const source = rows[r] as Int32Array;
      const target = this.rows[r] as Int32Array;
      for (let i = 0; i < slots.length; i++) target[slots[i] as number] = source[i] as number;
    }
  }

  /** Whether the change of a slot can be predicted over this time. */
  canPredict(slot: number, elapsed: number): boolean {
    return (this.rows[2][slot] as number) > 0 && elapsed > 0 && elapsed <= MAX_ELAPSED;
  }

  /** The predicted change of latitude or longitude; `canPredict` must be true. */
  predicted(column: typeof COLUMN.latitude | typeof COLUMN.longitude, slot: number, elapsed: number): number {
    const took = this.rows[2][slot] as number;
    const change = this.rows[column === COLUMN.latitude ? 0 : 1][slot] as number;
    return Math.floor((2 * change * elapsed + took) / (2 * took));
  }

  /** Store how an aircraft has moved. */
  note(slot: number, latitude: number, longitude: number, elapsed: number): void {
    if (elapsed <= 0) return;
    const fits = Math.abs(latitude) <= MAX_CHANGE && Math.abs(longitude) <= MAX_CHANGE && elapsed <= MAX_ELAPSED;
    this.rows[0][slot] = fits ? latitude : 0;
    this.rows[1][slot] = fits ? longitude : 0;
    this.rows[2][slot] = fits ? elapsed : 0;
  }

  private reserve(capacity: number): void {
    if (capacity <= this.rows[0].length) return;
    const grown = (row: Int32Array) => {
      const larger = new Int32Array(capacity);
      larger.set(row);
      return larger;
    };
    this.rows = [grown(this.rows[0]), grown(this.rows[1]), grown(this.rows[2])];
  }
}
