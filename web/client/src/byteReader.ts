// Reads integers and plane arrays from a frame's payload, or a message of tiles, and rejects reads past its end.
import { FrameError } from "./frameError.ts";

export class ByteReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  take(count: number): Uint8Array {
    if (count > this.remaining) {
      throw new FrameError("truncated", `the payload ends ${count - this.remaining} bytes early`);
    }
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  u8(): number {
    return this.take(1)[0] as number;
  }

  u16(): number {
    const b = this.take(2);
    return (b[0] as number) | ((b[1] as number) << 8);
  }

  u32(): number {
    const b = this.take(4);
    return ((b[0] as number) | ((b[1] as number) << 8) | ((b[2] as number) << 16) | ((b[3] as number) << 24)) >>> 0;
  }

  /** An integer below 2 ** 32: seven bits in each byte, the lowest first, bit 7 in all but the last. */
  varint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 35; scale *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (value >= 2 ** 32) break;
      if (byte < 0x80) return value;
    }
    throw new FrameError("length", "a number has more than 32 bits");
  }

  /** A plane array of unsigned integers of one to four bytes. */
  planes(count: number, width: 1 | 2 | 3 | 4): Uint32Array<ArrayBuffer> {
    const b = this.take(count * width);
    const values = new Uint32Array(count);
    if (width === 1) values.set(b);
    else if (width === 2) joinTwo(b, values);
    else if (width === 3) joinThree(b, values);
    else joinFour(b, values);
    return values;
  }

  /** A plane array of two's complement integers of two or four bytes. */
  signedPlanes(count: number, width: 2 | 4): Int32Array<ArrayBuffer> {
    const b = this.take(count * width);
    const values = new Int32Array(count);
    if (width === 2) joinTwoSigned(b, values);
    else joinFour(b, new Uint32Array(values.buffer));
    return values;
  }

  /** The positions of the bits that are set in a bitmap over `size` places, ascending. */
  bitmap(size: number, expected: number | null): Uint32Array {
    const b = this.take(Math.ceil(size / 8));
    const found = new Uint32Array(expected ?? countBits(b));
    let count = 0;
    for (let byte = 0; byte < b.length; byte++) {
      const value = b[byte] as number;
      if (value === 0) continue;
      for (let bit = 0; bit < 8; bit++) {
        if ((value & (1 << bit)) === 0) continue;
        if (count < found.length) found[count] = byte * 8 + bit;
        count++;
      }
    }
    if (count !== found.length) {
      throw new FrameError("count", `a bitmap marks ${count} places instead of ${found.length}`);
    }
    if (count > 0 && (found[count - 1] as number) >= size) {
      throw new FrameError("slot", `a bitmap marks place ${found[count - 1]} of ${size}`);
    }
    return found;
  }
}

// One small loop for each width: a loop over the planes of each value is four times as slow, and what is small is compiled
// soon, also by an engine that has just begun.

function joinTwo(b: Uint8Array, values: Uint32Array): void {
  const count = values.length;
  for (let i = 0; i < count; i++) values[i] = (b[i] as number) | ((b[count + i] as number) << 8);
}

function joinTwoSigned(b: Uint8Array, values: Int32Array): void {
  const count = values.length;
  for (let i = 0; i < count; i++) values[i] = (b[i] as number) | (((b[count + i] as number) << 24) >> 16);
}

function joinThree(b: Uint8Array, values: Uint32Array): void {
  const count = values.length;
  for (let i = 0; i < count; i++) {
    values[i] = (b[i] as number) | ((b[count + i] as number) << 8) | ((b[2 * count + i] as number) << 16);
  }
}

function joinFour(b: Uint8Array, values: Uint32Array): void {
  const count = values.length;
  for (let i = 0; i < count; i++) {
    const low = (b[i] as number) | ((b[count + i] as number) << 8);
    values[i] = low | ((b[2 * count + i] as number) << 16) | ((b[3 * count + i] as number) << 24);
  }
}

function countBits(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) {
    for (let value = byte; value !== 0; value &= value - 1) count++;
  }
  return count;
}
