// Airfields with their runways: for the map from RUNWAYS_FROM_ZOOM on, and for the panel of an airport. A file of the page,
// loaded on first use, made by `scripts/make_airfields.py` from OurAirports (public domain, data/airfields.LICENSE).
import type { LatLon } from "@/flights/greatCircle";
import { dataFile, tableLines } from "./dataFile";

export const SURFACES = ["hard", "soft", "water"] as const;
export type Surface = (typeof SURFACES)[number];

export interface Runway {
  /** Both designators, such as `09L/27R`. */
  readonly name: string;
  readonly lengthM: number;
  /** 0 if it is unknown. */
  readonly widthM: number;
  /** Null if it is unknown. */
  readonly surface: Surface | null;
  readonly isLit: boolean;
  /** The middle of both ends, in the order of the designators; null if they are unknown. */
  readonly ends: readonly [LatLon, LatLon] | null;
}

export interface Airfield extends LatLon {
  readonly icao: string;
  readonly iata: string;
  readonly name: string;
  readonly city: string;
  /** ISO 3166 code. */
  readonly country: string;
  /** Null if it is unknown. */
  readonly elevationFt: number | null;
  readonly runways: readonly Runway[];
}

export function parseAirfields(text: string): Airfield[] {
  return tableLines(text).map(
    ([
      icao = "",
      iata = "",
      name = "",
      city = "",
      country = "",
      latitude,
      longitude,
      elevation = "",
      runways = "",
    ]) => ({
      icao,
      iata,
      name,
      city,
      country,
      latitudeDeg: Number(latitude),
      longitudeDeg: Number(longitude),
      elevationFt: elevation === "" ? null : Number(elevation),
      runways: runways === "" ? [] : runways.split(";").map(runwayOf),
    }),
  );
}

function runwayOf(text: string): Runway {
  const [name = "", length, width, surface, lit, ...ends] = text.split(",");
  const [lat0, lon0, lat1, lon1] = ends.map(Number);
  return {
    name,
    lengthM: Number(length),
    widthM: Number(width),
    surface: SURFACES.find((word) => word === surface) ?? null,
    isLit: lit === "lit",
    ends:
      lat0 === undefined || lon0 === undefined || lat1 === undefined || lon1 === undefined
        ? null
        : [
            { latitudeDeg: lat0, longitudeDeg: lon0 },
            { latitudeDeg: lat1, longitudeDeg: lon1 },
          ],
  };
}

export const loadAirfields = dataFile(new URL("./data/airfields.tsv", import.meta.url), parseAirfields);
