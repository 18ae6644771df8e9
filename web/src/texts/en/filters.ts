// The filters.
import type { Count } from "../count";

export const filters = {
  text: "Callsign, ICAO address or registration",
  status: "Status",
  where: "Air or ground",
  anywhere: "Both",
  emergenciesOnly: "Emergencies only",
  groundSpeed: "Ground speed",
  altitude: "Altitude",
  from: "from",
  to: "to",
  slowest: (unit: string) => `Minimum speed, ${unit}`,
  fastest: (unit: string) => `Maximum speed, ${unit}`,
  lowest: (unit: string) => `Minimum altitude, ${unit}`,
  highest: (unit: string) => `Maximum altitude, ${unit}`,
  country: "Country",
  operator: "Operator",
  type: "Type",
  category: "Category",
  addressType: "Position by",
  find: (what: string) => `Find ${what.toLowerCase()}`,
  noneFound: "No matches.",
  moreThere: (count: string) => `${count} more: type to search.`,
  set: "Active filters",
  remove: (name: string) => `Remove filter: ${name}`,
  atLeast: (value: string) => `from ${value}`,
  atMost: (value: string) => `to ${value}`,
  terms: (count: Count) => `${count.text} search terms`,
  clearAll: "Clear all",
  noneSet:
    "Choose which aircraft to show. An aircraft must match every kind of filter you set. The filters are part of the page address.",
};
