// The four bytes of a type designator as one number, to compare and count types without creating strings.
import { TEXT_BYTES, TEXT_COLUMNS } from "@flighttracker/client";
import type { FlightRows } from "./flightRows";

const START = TEXT_COLUMNS[2].start;

/** The key of a row's aircraft type. */
export function typeKey(rows: FlightRows, row: number): number {
  return keyAt(rows.text, row * TEXT_BYTES + START);
}

/** The key of a designator such as `A20N`. */
export function typeKeyOf(type: string): number {
  return keyAt(
    Uint8Array.from(type.padEnd(4, "\0"), (c) => c.charCodeAt(0)),
    0,
  );
}

function keyAt(text: Uint8Array, at: number): number {
  return (
    (text[at] as number) |
    ((text[at + 1] as number) << 8) |
    ((text[at + 2] as number) << 16) |
    ((text[at + 3] as number) << 24)
  );
}
