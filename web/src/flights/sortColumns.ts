// The columns by which the table can be sorted. Apart from the sorting itself (sortOrder.ts): the page's address needs only
// their names.

export const SORT_COLUMNS = [
  "callsign",
  "icao24",
  "registration",
  "aircraftType",
  "originCountry",
  "operator",
  "route",
  "altitude",
  "speed",
  "track",
  "verticalRate",
  "status",
  "category",
  "addressType",
  "typeName",
  "airline",
  "origin",
  "destination",
  "distance",
  "bearing",
  "squawk",
  "age",
  "source",
] as const;

export type SortColumn = (typeof SORT_COLUMNS)[number];

export interface SortOrder {
  readonly column: SortColumn;
  readonly direction: "ascending" | "descending";
}
