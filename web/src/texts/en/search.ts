// The search.
import type { Count } from "../count";

export const search = {
  label: "Flight, registration, airport, airline, type, country, place, coordinates or command",
  examples: "For example LHR, BA123, Lufthansa, A388, D-AIBL, Paris or 48.35, 11.78",
  results: "Results",
  found: (count: Count) => `${count.text} ${count.number === 1 ? "result" : "results"}`,
  groups: {
    coordinates: "Coordinates",
    flights: "Flights",
    airports: "Airports",
    airlines: "Airlines",
    types: "Aircraft types",
    countries: "Countries",
    places: "Places",
    commands: "Commands",
    filter: "Filter",
  },
  onlyText: (text: string) => `Only aircraft with “${text}” in callsign, registration or address`,
  onlyTerms: (count: Count) => `Only aircraft that match one of ${count.text} search terms`,
  onlyCountry: (country: string) => `Only aircraft registered in ${country}`,
  noFlights: "none at present",
  move: "move",
  choose: "choose",
  leave: "close",
  noSuchFlight: (name: string) => `No flight ${name} is tracked now.`,
};
