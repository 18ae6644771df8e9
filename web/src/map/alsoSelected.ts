// Aircraft that are selected beside the one whose card is open: their addresses, in the page's address, too. The map marks them
// and draws their trails; a list over the map has a row for each.
import { replaceInAddress } from "@/panels/pageUrl";

export const MOST_ALSO = 8;

let also: readonly number[] | null = null;
const listeners = new Set<() => void>();

export function getAlso(): readonly number[] {
  if (also === null) {
    also = read(window.location.search);
    window.addEventListener("popstate", () => change(read(window.location.search)));
  }
  return also;
}

/** Call a listener after each change; returns a function that removes it. */
export function subscribeAlso(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Add an aircraft or remove it. The oldest leaves when there are too many. */
export function toggleAlso(icao24: number): void {
  const before = getAlso();
  const isIn = before.includes(icao24);
  const after = isIn ? before.filter((other) => other !== icao24) : [...before, icao24].slice(-MOST_ALSO);
  const addresses = after.map((address) => address.toString(16).padStart(6, "0")).join(",");
  replaceInAddress({ also: addresses === "" ? null : addresses });
  change(after);
}

function change(after: readonly number[]): void {
  also = after;
  for (const listener of listeners) listener();
}

function read(query: string): readonly number[] {
  const words = (new URLSearchParams(query).get("also") ?? "").split(",");
  const addresses = words.filter((word) => /^[0-9a-f]{6}$/i.test(word)).map((word) => Number.parseInt(word, 16));
  return [...new Set(addresses)].slice(0, MOST_ALSO);
}
