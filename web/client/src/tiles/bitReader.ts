// Reads counts and tables from the changes of a tile, bit by bit, and rejects reads past their end (tiles.md). Only
// message.ts calls it.
import { FrameError } from "../frameError.ts";

export const MOST_COUNT = 1 << 20;
const COUNT_BITS = 21;
const PARAMETER_BITS = 5;
/** Above, each value has a bit that says whether it is 0. */
const PLAIN_PARAMETERS = 25;
/** So many zeros announce a value of 32 bits. */
const MOST_ZEROS = 20;
const ESCAPED_BITS = 32;

export class BitReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  count(): number {
    const zeros = this.zeros(COUNT_BITS);
    if (zeros === COUNT_BITS) throw new FrameError("count", `a count has more than ${COUNT_BITS} bits`);
    const count = this.take(zeros + 1) - 1;
    if (count > MOST_COUNT) throw new FrameError("count", `a tile of ${count} aircraft is larger than ${MOST_COUNT}`);
    return count;
  }

  /** Columns of unsigned integers. */
  table(columns: number, count: number): Uint32Array<ArrayBuffer>[] {
    if (count === 0) return Array.from({ length: columns }, () => new Uint32Array(0));
    const parameters = Array.from({ length: columns }, () => (this.take(1) === 0 ? null : this.take(PARAMETER_BITS)));
    return parameters.map((parameter) => {
      const column = new Uint32Array(count);
      if (parameter !== null) for (let i = 0; i < count; i++) column[i] = this.value(parameter);
      return column;
    });
  }

  /** Check that nothing but the padding of the last byte is left. */
  end(): void {
    const left = 8 * this.bytes.length - this.at;
    if (left >= 8 || this.take(left) !== 0) throw new FrameError("trailing", `${left} bits follow a tile's changes`);
  }

  private value(parameter: number): number {
    if (parameter < PLAIN_PARAMETERS) return this.plain(parameter);
    return this.take(1) === 0 ? 0 : 1 + this.plain(parameter - PLAIN_PARAMETERS);
  }

  private plain(lowBits: number): number {
    const zeros = this.zeros(MOST_ZEROS);
    if (zeros === MOST_ZEROS) return this.take(ESCAPED_BITS);
    this.at++;
    return zeros * 2 ** lowBits + this.take(lowBits);
  }

  /** Read zeros up to the next one, which stays. */
  private zeros(most: number): number {
    let zeros = 0;
    while (zeros < most && this.bit(this.at) === 0) {
      this.at++;
      zeros++;
    }
    return zeros;
  }

  private take(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = 2 * value + this.bit(this.at++);
    return value;
  }

  private bit(at: number): number {
    const byte = this.bytes[at >> 3];
    if (byte === undefined) throw new FrameError("truncated", "a tile ends early");
    return (byte >> (7 - (at & 7))) & 1;
  }
}
