// Whether there is anything, by the counts of the worker. Apart from the counting (statistics.ts), which the page's first load
// does without.
import type { Statistics } from "./statistics";

/** Whether there is anything: a vehicle is worth a picture too. */
export function hasAny(statistics: Statistics | null): boolean {
  return statistics !== null && statistics.total + statistics.vehicles > 0;
}

export function hasShown(statistics: Statistics | null): boolean {
  return statistics !== null && statistics.shown + statistics.shownVehicles > 0;
}
