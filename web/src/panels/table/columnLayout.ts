// Which columns the table shows and how wide they are, as text for the address and for the browser's storage. Pure.
// Columns that are not known are ignored, so that a link from another version still works.
import type { SortColumn } from "@/flights/sortOrder";
import { FLIGHT_COLUMNS, type FlightColumn } from "./flightColumns";

export const NARROWEST_PX = 48;
export const WIDEST_PX = 480;

export type Widths = Readonly<Record<SortColumn, number>>;

export interface ColumnLayout {
  /** In the table's own order; at least one. */
  readonly shown: readonly FlightColumn[];
  /** Pixels of a page whose type has 16; null while the columns share what room there is. */
  readonly widths: Widths | null;
}

export const FIRST_LAYOUT: ColumnLayout = { shown: FLIGHT_COLUMNS, widths: null };

/** All columns for a text that names none. */
export function columnsFrom(text: string | null): readonly FlightColumn[] {
  const names = text?.split(",") ?? [];
  const shown = FLIGHT_COLUMNS.filter(({ name }) => names.includes(name));
  return shown.length === 0 ? FLIGHT_COLUMNS : shown;
}

/** Null where all are shown. */
export function columnsText(shown: readonly FlightColumn[]): string | null {
  return shown.length === FLIGHT_COLUMNS.length ? null : shown.map(({ name }) => name).join(",");
}

export function widthsFrom(text: string | null): Widths | null {
  const numbers = text?.split(",").map(Number) ?? [];
  if (numbers.length !== FLIGHT_COLUMNS.length || !numbers.every(Number.isFinite)) return null;
  return Object.fromEntries(FLIGHT_COLUMNS.map(({ name }, i) => [name, bounded(numbers[i] as number)])) as Widths;
}

export function widthsText(widths: Widths | null): string | null {
  return widths === null ? null : FLIGHT_COLUMNS.map(({ name }) => Math.round(widths[name])).join(",");
}

/** Show a column that was hidden, or hide one; the last one stays. */
export function toggled(shown: readonly FlightColumn[], column: SortColumn): readonly FlightColumn[] {
  const names = new Set(shown.map(({ name }) => name));
  if (!names.delete(column)) names.add(column);
  return names.size === 0 ? shown : FLIGHT_COLUMNS.filter(({ name }) => names.has(name));
}

export function resized(widths: Widths, column: SortColumn, widthPx: number): Widths {
  return { ...widths, [column]: bounded(widthPx) };
}

/** How a cell takes its width. */
export function flexOf({ name, widthPx }: FlightColumn, widths: Widths | null): string {
  return widths === null ? `${widthPx} 0 ${widthPx / 16}rem` : `0 0 ${widths[name] / 16}rem`;
}

/** Of all shown columns, rem. */
export function widthRem({ shown, widths }: ColumnLayout): number {
  return shown.reduce((sum, { name, widthPx }) => sum + (widths?.[name] ?? widthPx), 0) / 16;
}

function bounded(widthPx: number): number {
  return Math.max(NARROWEST_PX, Math.min(WIDEST_PX, widthPx));
}
