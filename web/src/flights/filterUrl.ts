// Filters as part of the page's address, so that a view can be shared and survives a reload. Pure. Parameters that are
// not filters are kept; values that make no sense are ignored.
import { STATUSES, type Status } from "./columns";
import { type Filters, NO_FILTERS } from "./filters";

const MAX_SPEED_KT = 2000;

export function filtersFromQuery(query: string): Filters {
  const parameters = new URLSearchParams(query);
  return {
    countries: parameters.getAll("country").filter((name) => name !== ""),
    statuses: parameters.getAll("status").filter((word): word is Status => STATUSES.includes(word as Status)),
    minSpeedKt: speedOf(parameters.get("min_speed_kt")),
    maxSpeedKt: speedOf(parameters.get("max_speed_kt")),
    text: parameters.get("q") ?? NO_FILTERS.text,
  };
}

/** The query with the filters in it; empty, or beginning with a question mark. */
export function queryWithFilters(query: string, filters: Filters): string {
  const parameters = new URLSearchParams(query);
  for (const name of ["country", "status", "min_speed_kt", "max_speed_kt", "q"]) parameters.delete(name);
  for (const country of filters.countries) parameters.append("country", country);
  for (const status of filters.statuses) parameters.append("status", status);
  if (filters.minSpeedKt !== null) parameters.set("min_speed_kt", String(filters.minSpeedKt));
  if (filters.maxSpeedKt !== null) parameters.set("max_speed_kt", String(filters.maxSpeedKt));
  if (filters.text.trim() !== "") parameters.set("q", filters.text.trim());
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}

function speedOf(text: string | null): number | null {
  if (text === null || text.trim() === "") return null;
  const speedKt = Number(text);
  return Number.isFinite(speedKt) && speedKt >= 0 && speedKt <= MAX_SPEED_KT ? Math.round(speedKt) : null;
}
