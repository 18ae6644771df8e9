// The panel of an airport.
import type { Surface } from "@/map/airfields";

export const airport = {
  inbound: "Inbound",
  outbound: "Outbound",
  onGround: "On the ground",
  show: "Show on the map",
  onlyThis: "Only this airport's flights",
  arrivals: "Arrivals",
  departures: "Departures",
  ground: "On ground",
  board: "Board",
  estimated: "Estimated",
  departed: "Status",
  flight: "Flight",
  from: "From",
  to: "To",
  type: "Type",
  distance: "Distance",
  noArrivals: "No flight to this airport is in the air.",
  noDepartures: "No flight from this airport is in the air.",
  noneOnGround: "No aircraft reports from the ground here.",
  perQuarterHour: "Estimated arrivals per quarter hour",
  quarterHour: (from: string, count: string) => `${from}: ${count}`,
  estimates: "Estimated from the distance and the present ground speed.",
  runways: "Runways",
  length: "Length",
  width: "Width",
  surface: "Surface",
  surfaces: { hard: "paved", soft: "unpaved", water: "water" } satisfies Record<Surface, string> as Record<
    Surface,
    string
  >,
  lit: "lit",
  noRunways: "The runways are unknown.",
  unknownAirport: "This airport is not in the list.",
  more: (count: string) => `${count} more`,
};
