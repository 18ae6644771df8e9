// What a search finds: flights, airports, airlines, types, countries, places, coordinates and commands, in groups, the best
// match first. Pure; the dialog calls it for every letter.
import type { LatLon } from "@/flights/greatCircle";
import type { Airport } from "@/map/airports";
import type { Country, Place } from "@/map/places";
import type { Action } from "../shortcuts";
import { type Airline, callsignsOf } from "./airlines";
import { coordinatesOf } from "./coordinates";
import type { GroupedFlights, IndexedFlight } from "./flightIndex";

export interface World extends GroupedFlights {
  readonly flights: readonly IndexedFlight[];
  readonly airports: readonly Airport[];
  readonly airlines: readonly Airline[];
  /** Names of types by their designators. */
  readonly types: ReadonlyMap<string, string>;
  readonly countries: readonly (Country & { readonly localName: string })[];
  readonly places: readonly Place[];
  readonly commands: readonly { readonly action: Action; readonly name: string }[];
}

export type Found =
  | { readonly kind: "coordinates"; readonly place: LatLon }
  | { readonly kind: "flights"; readonly flight: IndexedFlight }
  | { readonly kind: "airports"; readonly airport: Airport }
  | { readonly kind: "airlines"; readonly airline: Airline; readonly flights: readonly IndexedFlight[] }
  | { readonly kind: "types"; readonly type: string; readonly name: string; readonly flights: readonly IndexedFlight[] }
  | { readonly kind: "countries"; readonly country: World["countries"][number] }
  | { readonly kind: "places"; readonly place: Place }
  | { readonly kind: "commands"; readonly action: Action; readonly name: string };

export type FoundKind = Found["kind"];
export interface Group {
  readonly kind: FoundKind;
  readonly found: readonly Found[];
}

/** Most of each kind; also the order of groups whose best matches are equally good. */
const MOST: Readonly<Record<FoundKind, number>> = {
  coordinates: 1,
  flights: 6,
  countries: 3,
  places: 4,
  airports: 5,
  airlines: 4,
  types: 4,
  commands: 4,
};
const NONE: readonly IndexedFlight[] = [];
const KINDS = Object.keys(MOST) as readonly FoundKind[];

/** Lower is better. */
const EXACT_CODE = 0;
const WHOLE_NAME = 1;
const CODE_BEGINS = 2;
const NAME_BEGINS = 3;
const WORD_BEGINS = 4;
const INSIDE = 5;
/** Shorter texts are inside of nearly everything. */
const SHORTEST_INSIDE = 3;

interface Scored {
  readonly score: number;
  readonly found: Found;
}

export function find(query: string, world: World): Group[] {
  const text = plain(query);
  const code = query.toUpperCase().replaceAll(/[\s-]+/g, "");
  if (text === "")
    return [{ kind: "commands", found: world.commands.map((command) => ({ kind: "commands", ...command })) }];
  const place = coordinatesOf(query);
  const byKind: Readonly<Record<FoundKind, readonly Scored[]>> = {
    coordinates: place === null ? [] : [{ score: EXACT_CODE, found: { kind: "coordinates", place } }],
    flights: flightsFor(code, world),
    airports: scored(
      world.airports,
      (airport) => scoreOf(text, code, [airport.iata, airport.icao], airport.name),
      (airport) => ({ kind: "airports", airport }),
    ),
    airlines: scored(
      world.airlines,
      (airline) => airlineScore(text, code, airline),
      (airline) => ({
        kind: "airlines",
        airline,
        flights: world.byAirline.get(airline.icao) ?? NONE,
      }),
    ),
    types: scored(
      [...world.types],
      ([type, name]) => scoreOf(text, code, [type], name),
      ([type, name]) => ({
        kind: "types",
        type,
        name,
        flights: world.byType.get(type) ?? NONE,
      }),
    ),
    countries: scored(
      world.countries,
      (country) => countryScore(text, country),
      (country) => ({ kind: "countries", country }),
    ),
    places: scored(
      world.places,
      (city) => placeScore(text, city),
      (city) => ({ kind: "places", place: city }),
    ),
    commands: scored(
      world.commands,
      ({ name }) => scoreOf(text, "", [], name),
      (command) => ({ kind: "commands", ...command }),
    ),
  };
  const best = (kind: FoundKind) => byKind[kind][0]?.score ?? Number.POSITIVE_INFINITY;
  return KINDS.filter((kind) => byKind[kind].length > 0)
    .sort((a, b) => best(a) - best(b))
    .map((kind) => ({ kind, found: byKind[kind].map(({ found }) => found) }));
}

/** Lower case without accents: "Zürich" is found as "zurich". */
export function plain(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(/\p{Mark}/gu, "")
    .toLowerCase()
    .trim()
    .replaceAll(/\s+/g, " ");
}

/** The best matches; among equally good ones those with more flights, then in the given order. */
function scored<T>(all: readonly T[], score: (one: T) => number | null, found: (one: T) => Found): Scored[] {
  const matches: Scored[] = [];
  for (const one of all) {
    const points = score(one);
    if (points !== null) matches.push({ score: points, found: found(one) });
  }
  matches.sort((a, b) => a.score - b.score || flightsOf(b.found) - flightsOf(a.found));
  return matches[0] === undefined ? [] : matches.slice(0, MOST[matches[0].found.kind]);
}

function flightsOf(found: Found): number {
  return "flights" in found ? found.flights.length : 0;
}

function scoreOf(text: string, code: string, codes: readonly string[], name: string): number | null {
  if (codes.some((one) => one !== "" && one === code)) return EXACT_CODE;
  const byName = nameScore(text, name);
  if (byName === WHOLE_NAME) return byName;
  if (code.length > 1 && codes.some((one) => one.startsWith(code))) return CODE_BEGINS;
  return byName;
}

const plainNames = new Map<string, string>();

function nameScore(text: string, name: string): number | null {
  let plainName = plainNames.get(name);
  if (plainName === undefined) {
    plainName = plain(name);
    plainNames.set(name, plainName);
  }
  const at = plainName.indexOf(text);
  if (at < 0) return null;
  if (at === 0) return plainName.length === text.length ? WHOLE_NAME : NAME_BEGINS;
  if (/[\s/(-]/.test(plainName[at - 1] as string) || plainName.includes(` ${text}`)) return WORD_BEGINS;
  return text.length >= SHORTEST_INSIDE ? INSIDE : null;
}

/** An airline with a flight number is found, too: "BA123" may not be in the air. */
function airlineScore(text: string, code: string, airline: Airline): number | null {
  const score = scoreOf(text, code, [airline.icao, airline.iata], airline.name);
  if (score !== null || airline.iata === "") return score;
  const isNumber = /^[A-Z0-9]{2}\d{1,4}[A-Z]?$/.test(code) && /[A-Z]/.test(code.slice(0, 2));
  return isNumber && code.startsWith(airline.iata) ? INSIDE : null;
}

function countryScore(text: string, { name, localName, code }: World["countries"][number]): number | null {
  return lowest(
    nameScore(text, name),
    localName === name ? null : nameScore(text, localName),
    text === code.toLowerCase() ? CODE_BEGINS : null,
  );
}

function placeScore(text: string, { name, asciiName }: Place): number | null {
  return lowest(nameScore(text, name), asciiName === "" ? null : nameScore(text, asciiName));
}

function lowest(...scores: readonly (number | null)[]): number | null {
  return scores.reduce((a, b) => (a === null ? b : b === null ? a : Math.min(a, b)), null);
}

function flightsFor(code: string, { flights, airlines }: World): readonly Scored[] {
  if (code.length < 2) return [];
  const callsigns = new Set(callsignsOf(code, airlines));
  const score = ({ address, callsign, plainCallsign, plainRegistration }: IndexedFlight): number | null => {
    if (callsign === code || plainCallsign === code || plainRegistration === code || address === code)
      return EXACT_CODE;
    if (callsigns.has(plainCallsign)) return EXACT_CODE;
    if (callsign.startsWith(code) || plainRegistration.startsWith(code) || address.startsWith(code)) return CODE_BEGINS;
    if (code.length < SHORTEST_INSIDE) return null;
    return callsign.includes(code) || plainRegistration.includes(code) ? INSIDE : null;
  };
  return scored(flights, score, (flight) => ({ kind: "flights", flight }));
}
