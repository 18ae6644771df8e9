// The four bytes of a code (a type designator, an airport) as one number, to compare and count codes without creating strings.
import { TEXT_BYTES, TEXT_COLUMNS, type TextColumn } from "@flighttracker/client";
import type { FlightRows } from "./flightRows";

type CodeColumn = Extract<TextColumn, "aircraftType" | "origin" | "destination">;

const startOf = (column: CodeColumn) => TEXT_COLUMNS.find(({ name }) => name === column)?.start ?? 0;
const STARTS: Readonly<Record<CodeColumn, number>> = {
  aircraftType: startOf("aircraftType"),
  origin: startOf("origin"),
  destination: startOf("destination"),
};

/** The key of a row's code. */
export function codeKey(rows: FlightRows, row: number, column: CodeColumn): number {
  return keyAt(rows.text, row * TEXT_BYTES + STARTS[column]);
}

/** The key of a code such as `A20N`. */
export function codeKeyOf(code: string): number {
  return keyAt(
    Uint8Array.from(code.padEnd(4, "\0"), (c) => c.charCodeAt(0)),
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
