// Areas of alert rules: a box, a polygon, a circle; and whether a place is in one. Pure. Angles in degrees.
import { distanceM, type LatLon } from "@/flights/greatCircle";
import { mercatorY } from "@/flights/mercator";

/** West may be greater than east, over the 180th meridian. */
export interface BoxArea {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** Its edges are straight on the map. Longitudes continue across the 180th meridian. */
export interface PolygonArea {
  readonly corners: readonly LatLon[];
}

export interface CircleArea {
  readonly centre: LatLon;
  readonly radiusM: number;
}

export type Area = BoxArea | PolygonArea | CircleArea;

const MOST_CORNERS = 50;
const METRES_PER_DEGREE = 111_195;

/** An area from storage; null if it is none. */
export function parseArea(value: unknown): Area | null {
  if (typeof value !== "object" || value === null) return null;
  const { west, south, east, north, corners, centre, radiusM } = value as Readonly<Record<string, unknown>>;
  if (Array.isArray(corners)) {
    const places = corners.map(parsePlace).filter((place) => place !== null);
    const isWhole = places.length === corners.length && places.length >= 3 && places.length <= MOST_CORNERS;
    return isWhole ? { corners: places } : null;
  }
  if (centre !== undefined) {
    const place = parsePlace(centre);
    return place !== null && isNumber(radiusM) && radiusM > 0 ? { centre: place, radiusM } : null;
  }
  return isNumber(west) && isNumber(south) && isNumber(east) && isNumber(north) ? { west, south, east, north } : null;
}

function parsePlace(value: unknown): LatLon | null {
  const { latitudeDeg, longitudeDeg } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return isNumber(latitudeDeg) && isNumber(longitudeDeg) ? { latitudeDeg, longitudeDeg } : null;
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** The box around an area: whoever is outside it is outside the area. */
export function boxOf(area: Area): BoxArea {
  if ("west" in area) return area;
  if ("corners" in area) {
    const latitudes = area.corners.map(({ latitudeDeg }) => latitudeDeg);
    const longitudes = area.corners.map(({ longitudeDeg }) => longitudeDeg);
    return box(Math.min(...latitudes), Math.max(...latitudes), Math.min(...longitudes), Math.max(...longitudes));
  }
  const { latitudeDeg, longitudeDeg } = area.centre;
  const high = (1.001 * area.radiusM) / METRES_PER_DEGREE;
  const edge = Math.min(90, Math.abs(latitudeDeg) + high);
  const wide = edge >= 90 ? 180 : high / Math.cos((edge * Math.PI) / 180);
  return box(latitudeDeg - high, latitudeDeg + high, longitudeDeg - wide, longitudeDeg + wide);
}

function box(south: number, north: number, west: number, east: number): BoxArea {
  if (east - west >= 360) return { south, north, west: -180, east: 180 };
  return { south, north, west: wrapped(west), east: wrapped(east) };
}

function wrapped(longitudeDeg: number): number {
  return longitudeDeg - 360 * Math.floor((longitudeDeg + 180) / 360);
}

/** Whether a place in the box of an area is in the area itself. */
export function insideTest(area: Area): (place: LatLon) => boolean {
  if ("west" in area) return () => true;
  if ("centre" in area) return (place) => distanceM(area.centre, place) <= area.radiusM;
  const xs = area.corners.map(({ longitudeDeg }) => longitudeDeg);
  const ys = area.corners.map(({ latitudeDeg }) => mercatorY(latitudeDeg));
  const west = Math.min(...xs);
  return ({ latitudeDeg, longitudeDeg }) => {
    const x = longitudeDeg + 360 * Math.ceil((west - longitudeDeg) / 360);
    const y = mercatorY(latitudeDeg);
    let isInside = false;
    for (let i = 0, before = xs.length - 1; i < xs.length; before = i++) {
      const [x1, y1, x2, y2] = [xs[i], ys[i], xs[before], ys[before]] as [number, number, number, number];
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) isInside = !isInside;
    }
    return isInside;
  };
}
