// What a page in kiosk mode shows: places in turn, or an aircraft that it follows. From the page's address: `kiosk` alone shows
// the whole map and its busiest areas, `kiosk=52.3,4.8,7;40.6,-73.8,8` these places, `kiosk=follow` follows. Pure.
import type { FlightRows } from "@/flights/flightRows";
import type { LatLon } from "@/flights/greatCircle";

export interface KioskPlace extends LatLon {
  readonly zoom: number;
}

export type KioskPlan =
  | { readonly kind: "follow" }
  | { readonly kind: "places"; readonly places: readonly KioskPlace[] }
  | { readonly kind: "busiest" };

const MOST_PLACES = 20;
const CELL_DEG = 10;
export const BUSIEST_ZOOM = 6;

/** Null if the page is not in kiosk mode. */
export function kioskPlan(query: string): KioskPlan | null {
  const text = new URLSearchParams(query).get("kiosk");
  if (text === null) return null;
  if (text === "follow") return { kind: "follow" };
  const places = text
    .split(";")
    .map(placeOf)
    .filter((place) => place !== null);
  return places.length === 0 ? { kind: "busiest" } : { kind: "places", places: places.slice(0, MOST_PLACES) };
}

function placeOf(text: string): KioskPlace | null {
  const numbers = text.split(",").map(Number);
  const [latitudeDeg, longitudeDeg, zoom] = numbers;
  if (numbers.length !== 3 || latitudeDeg === undefined || longitudeDeg === undefined || zoom === undefined)
    return null;
  const isPlace = Math.abs(latitudeDeg) <= 85 && Math.abs(longitudeDeg) <= 180 && zoom >= 2 && zoom <= 17;
  return isPlace ? { latitudeDeg, longitudeDeg, zoom } : null;
}

/** The middles of the aircraft in the cells with most of them; the cells are not next to each other. */
export function busiestPlaces(rows: FlightRows, most: number): KioskPlace[] {
  const cells = new Map<number, { count: number; north: number; east: number; x: number; y: number }>();
  for (let row = 0; row < rows.rowCount; row++) {
    if (rows.shown[row] !== 1) continue;
    const [latitude, longitude] = [rows.latitudeDeg(row), rows.longitudeDeg(row)];
    const [x, y] = [Math.floor(longitude / CELL_DEG), Math.floor(latitude / CELL_DEG)];
    const key = (y + 9) * 36 + x + 18;
    const cell = cells.get(key) ?? { count: 0, north: 0, east: 0, x, y };
    cells.set(key, { ...cell, count: cell.count + 1, north: cell.north + latitude, east: cell.east + longitude });
  }
  const chosen: { x: number; y: number; place: KioskPlace }[] = [];
  for (const { count, north, east, x, y } of [...cells.values()].sort((a, b) => b.count - a.count)) {
    if (chosen.length >= most) break;
    if (chosen.some((other) => Math.abs(other.x - x) < 2 && Math.abs(other.y - y) < 2)) continue;
    chosen.push({ x, y, place: { latitudeDeg: north / count, longitudeDeg: east / count, zoom: BUSIEST_ZOOM } });
  }
  return chosen.map(({ place }) => place);
}

/** Rows of the aircraft that are worth following: in the air, moving, of known type. */
export function followableRows(rows: FlightRows): number[] {
  const found: number[] = [];
  for (let row = 0; row < rows.rowCount; row++) {
    if (rows.shown[row] === 1 && !rows.isOnGround(row) && (rows.groundSpeedKt(row) ?? 0) > 100) found.push(row);
  }
  return found;
}
