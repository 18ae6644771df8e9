// Which columns the table shows, in which order and how wide, as text for the address and for the browser's storage. Pure.
// Columns that are not known are ignored, so that a link from another version still works.
import { SORT_COLUMNS, type SortColumn } from "@/flights/sortColumns";
import { FLIGHT_COLUMNS, type FlightColumn } from "./flightColumns";

export const NARROWEST_PX = 48;
export const WIDEST_PX = 480;

/** By column; pixels of a page whose type has 16. */
export type Widths = Readonly<Partial<Record<SortColumn, number>>>;

export interface ColumnLayout {
  /** In their order; null: those of `first`. At least one. */
  readonly shown: readonly SortColumn[] | null;
  /** None while the columns share what room there is. */
  readonly widths: Widths;
}

export const FIRST_LAYOUT: ColumnLayout = { shown: null, widths: {} };

const ALL: readonly SortColumn[] = FLIGHT_COLUMNS.map(({ name }) => name);

/** Null for a text that names none. */
export function columnsFrom(text: string | null): readonly SortColumn[] | null {
  const shown = new Set((text?.split(",") ?? []).filter(isColumn));
  return shown.size === 0 ? null : [...shown];
}

export function columnsText(shown: readonly SortColumn[] | null): string | null {
  return shown === null ? null : shown.join(",");
}

/** `callsign:94,route:128`. */
export function widthsFrom(text: string | null): Widths {
  const widths: Partial<Record<SortColumn, number>> = {};
  for (const part of text?.split(",") ?? []) {
    const [name = "", width = ""] = part.split(":");
    const px = Number(width);
    if (isColumn(name) && width !== "" && Number.isFinite(px)) widths[name] = bounded(px);
  }
  return widths;
}

export function widthsText(widths: Widths): string | null {
  const texts = ALL.filter((name) => widths[name] !== undefined).map(
    (name) => `${name}:${Math.round(widths[name] as number)}`,
  );
  return texts.length === 0 ? null : texts.join(",");
}

/** All columns: the shown ones in their order, then the hidden ones in the table's own. */
export function orderOf(shown: readonly SortColumn[]): readonly SortColumn[] {
  return [...shown, ...ALL.filter((name) => !shown.includes(name))];
}

/** Show a column that was hidden as the last one, or hide one; the last one stays. */
export function toggled(shown: readonly SortColumn[], column: SortColumn): readonly SortColumn[] {
  if (!shown.includes(column)) return [...shown, column];
  return shown.length === 1 ? shown : shown.filter((name) => name !== column);
}

/** Move a shown column by some places; it stops at the ends. */
export function moved(shown: readonly SortColumn[], column: SortColumn, places: number): readonly SortColumn[] {
  const from = shown.indexOf(column);
  const to = Math.max(0, Math.min(shown.length - 1, from + places));
  if (from < 0 || from === to) return shown;
  return shown.filter((name) => name !== column).toSpliced(to, 0, column);
}

export function bounded(widthPx: number): number {
  return Math.max(NARROWEST_PX, Math.min(WIDEST_PX, widthPx));
}

/** How a cell takes its width: all share the room until somebody sets one. */
export function flexOf({ name, widthPx }: FlightColumn, widths: Widths): string {
  if (Object.keys(widths).length === 0) return `${widthPx} 0 ${widthPx / 16}rem`;
  return `0 0 ${(widths[name] ?? widthPx) / 16}rem`;
}

function isColumn(name: string): name is SortColumn {
  return SORT_COLUMNS.includes(name as SortColumn);
}
