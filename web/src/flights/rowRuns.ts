// Neighbouring rows, and how they are copied from one array to another.

/** Neighbouring rows: they are copied in one piece, which for a key frame is everything at once. */
export interface Run {
  readonly first: number;
  readonly count: number;
}

export function runsOf(rows: Uint32Array): Run[] {
  const runs: Run[] = [];
  for (let i = 0; i < rows.length; ) {
    const first = rows[i] as number;
    const start = i;
    while (i < rows.length && rows[i] === first + i - start) i++;
    runs.push({ first, count: i - start });
  }
  return runs;
}

export interface Copied<T> {
  subarray(begin: number, end: number): T;
  set(from: T, at: number): void;
}

/** A view for each copy costs more than copying so few values. */
const FEW_VALUES = 64;

/**
 * Single rows are copied value by value, with one function for each kind of array: one that sees them all takes
 * three times as long.
 */
export function copy<T extends Copied<T>>(from: T, fromAt: number, to: T, toAt: number, count: number): void {
  if (count > FEW_VALUES) to.set(from.subarray(fromAt, fromAt + count), toAt);
  else if (from instanceof Float32Array && to instanceof Float32Array) copyFloats(from, fromAt, to, toAt, count);
  else if (from instanceof Int32Array && to instanceof Int32Array) copyIntegers(from, fromAt, to, toAt, count);
  else if (from instanceof Uint8Array && to instanceof Uint8Array) copyBytes(from, fromAt, to, toAt, count);
  else to.set(from.subarray(fromAt, fromAt + count), toAt);
}

function copyFloats(from: Float32Array, fromAt: number, to: Float32Array, toAt: number, count: number): void {
  for (let i = 0; i < count; i++) to[toAt + i] = from[fromAt + i] as number;
}

function copyIntegers(from: Int32Array, fromAt: number, to: Int32Array, toAt: number, count: number): void {
  for (let i = 0; i < count; i++) to[toAt + i] = from[fromAt + i] as number;
}

function copyBytes(from: Uint8Array, fromAt: number, to: Uint8Array, toAt: number, count: number): void {
  for (let i = 0; i < count; i++) to[toAt + i] = from[fromAt + i] as number;
}
