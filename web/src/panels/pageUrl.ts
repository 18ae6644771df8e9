// The page's address holds every choice, so a view can be shared and survives a reload: view mode, tab, selection,
// sorting, theme, units, language (here) and the filters (flights/filterUrl.ts). It omits defaults. Invalid values are
// ignored.
import { SORT_COLUMNS, type SortColumn, type SortOrder } from "@/flights/sortColumns";

export const MODES = ["map", "split", "table"] as const;
export type ViewMode = (typeof MODES)[number];

export const TABS = ["flights", "airport", "statistics", "filters", "alerts", "nearby"] as const;
export type TabName = (typeof TABS)[number];

export interface PageView {
  /** Null: the default for the screen. */
  readonly mode: ViewMode | null;
  readonly tab: TabName;
  readonly selected: number | null;
  /** ICAO code of the airport whose panel there is. */
  readonly airport: string | null;
  readonly sort: SortOrder;
}

export const FIRST_SORT: SortOrder = { column: "callsign", direction: "ascending" };

export function viewFromQuery(query: string): PageView {
  const parameters = new URLSearchParams(query);
  const airport = /^[A-Z0-9]{3,4}$/.exec(parameters.get("board") ?? "")?.[0] ?? null;
  const tab = oneOf(TABS, parameters.get("tab"));
  return {
    mode: oneOf(MODES, parameters.get("view")),
    tab: tab === null || (tab === "airport" && airport === null) ? "flights" : tab,
    airport,
    selected: addressOf(parameters.get("flight")),
    sort: sortOf(parameters.get("sort")),
  };
}

export function parametersOf(view: Partial<PageView>): Record<string, string | null> {
  const parameters: Record<string, string | null> = {};
  if (view.mode !== undefined) parameters.view = view.mode;
  if (view.tab !== undefined) parameters.tab = view.tab === "flights" ? null : view.tab;
  if (view.airport !== undefined) parameters.board = view.airport;
  if (view.selected !== undefined) parameters.flight = view.selected?.toString(16).padStart(6, "0") ?? null;
  if (view.sort !== undefined) {
    const { column, direction } = view.sort;
    const isFirst = column === FIRST_SORT.column && direction === FIRST_SORT.direction;
    parameters.sort = isFirst ? null : direction === "ascending" ? column : `-${column}`;
  }
  return parameters;
}

/** A query with some parameters set, or removed where the value is null; empty, or beginning with a question mark. */
export function withParameters(query: string, changes: Readonly<Record<string, string | null>>): string {
  const parameters = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) parameters.delete(name);
    else parameters.set(name, value);
  }
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}

/** Set parameters in the page's address without a new history entry. */
export function replaceInAddress(changes: Readonly<Record<string, string | null>>): void {
  window.history.replaceState(null, "", addressWith(changes));
}

/** Set parameters in the page's address with a new history entry: Back leads to the view before. */
export function addToHistory(changes: Readonly<Record<string, string | null>>): void {
  window.history.pushState(null, "", addressWith(changes));
}

function addressWith(changes: Readonly<Record<string, string | null>>): string {
  const { pathname, search, hash } = window.location;
  return `${pathname}${withParameters(search, changes)}${hash}`;
}

export function oneOf<T extends string>(words: readonly T[], word: string | null): T | null {
  return words.includes(word as T) ? (word as T) : null;
}

function addressOf(text: string | null): number | null {
  return text !== null && /^[0-9a-f]{6}$/i.test(text) ? Number.parseInt(text, 16) : null;
}

function sortOf(text: string | null): SortOrder {
  const isDescending = text?.startsWith("-") ?? false;
  const column = oneOf<SortColumn>(SORT_COLUMNS, isDescending ? (text as string).slice(1) : text);
  return column === null ? FIRST_SORT : { column, direction: isDescending ? "descending" : "ascending" };
}
