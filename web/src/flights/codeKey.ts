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

const CALLSIGN_START = TEXT_COLUMNS.find(({ name }) => name === "callsign")?.start ?? 0;

/** The key of the airline's ICAO code that a row's callsign begins with (DLH4YK); 0 if it is no callsign of an airline. */
export function airlineKey({ text }: FlightRows, row: number): number {
  const at = row * TEXT_BYTES + CALLSIGN_START;
  for (let i = 0; i < 3; i++) if (!isLetter(text[at + i] as number)) return 0;
  const digit = text[at + 3] as number;
  return digit < 48 || digit > 57 ? 0 : keyAt(text, at) & 0xffffff;
}

/** The ICAO code of the airline in the callsign; empty if it has none. */
export function airlineCode(rows: FlightRows, row: number): string {
  return airlineKey(rows, row) === 0 ? "" : rows.textOf(row, "callsign").slice(0, 3);
}

function isLetter(byte: number): boolean {
  return byte >= 65 && byte <= 90;
}

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
