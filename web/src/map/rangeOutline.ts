// How far the receiver was heard in each direction today: the farthest position of every 15°, while this page was open. Kept in the
// browser's storage for the day (UTC) and the place, so a reload does not begin again. Pure but for the storage it is given.
import type { FlightRows } from "@/flights/flightRows";
import { destination, type LatLon } from "@/flights/greatCircle";
import { fromHere } from "./here";

/** Narrower ones have few aircraft at first, and their outline is a star. */
const SECTOR_DEG = 15;
/** Fewer directions make no outline. */
const FEWEST_SECTORS = 12;
const SECTORS = 360 / SECTOR_DEG;
/** 450 NM: no antenna on the ground hears farther, so it was another source. */
const FARTHEST_M = 450 * 1852;
const DAY_MS = 86_400_000;

export interface RangeOutline extends LatLon {
  /** When it began, milliseconds since 1970. */
  readonly sinceMs: number;
  /** The farthest distance of each sector, metres; 0: nothing was heard. Clockwise from north. */
  readonly farthestM: readonly number[];
}

export function emptyOutline({ latitudeDeg, longitudeDeg }: LatLon, nowMs: number): RangeOutline {
  return { latitudeDeg, longitudeDeg, sinceMs: nowMs, farthestM: new Array<number>(SECTORS).fill(0) };
}

/** From storage; a new one on another day, for another place, or if it is damaged. */
export function outlineFrom(text: string | null, here: LatLon, nowMs: number): RangeOutline {
  let value: Partial<RangeOutline> | null;
  try {
    value = JSON.parse(text ?? "null");
  } catch {
    value = null;
  }
  const isSame =
    value?.latitudeDeg === here.latitudeDeg &&
    value.longitudeDeg === here.longitudeDeg &&
    typeof value.sinceMs === "number" &&
    value.sinceMs <= nowMs &&
    Math.floor(value.sinceMs / DAY_MS) === Math.floor(nowMs / DAY_MS) &&
    Array.isArray(value.farthestM) &&
    value.farthestM.length === SECTORS &&
    value.farthestM.every((metres) => typeof metres === "number" && metres >= 0 && metres <= FARTHEST_M);
  return isSame ? (value as RangeOutline) : emptyOutline(here, nowMs);
}

/** With the present positions; the same object if none is farther. A new one begins at midnight UTC. */
export function widened(outline: RangeOutline, rows: FlightRows, nowMs: number): RangeOutline {
  const isToday = Math.floor(outline.sinceMs / DAY_MS) === Math.floor(nowMs / DAY_MS);
  const before = isToday ? outline : emptyOutline(outline, nowMs);
  const farthestM = [...before.farthestM];
  const reachDeg = FARTHEST_M / 111_000;
  let isWider = !isToday;
  for (let row = 0; row < rows.rowCount; row++) {
    if (rows.present[row] !== 1) continue;
    const latitudeDeg = rows.latitudeDeg(row);
    if (Math.abs(latitudeDeg - outline.latitudeDeg) > reachDeg) continue;
    const { distanceM, bearingDeg } = fromHere(outline, { latitudeDeg, longitudeDeg: rows.longitudeDeg(row) }, null);
    const sector = Math.floor(bearingDeg / SECTOR_DEG) % SECTORS;
    if (distanceM > FARTHEST_M || distanceM <= (farthestM[sector] as number)) continue;
    farthestM[sector] = Math.ceil(distanceM);
    isWider = true;
  }
  return isWider ? { ...before, farthestM } : outline;
}

/** Its corners, one for each sector in which something was heard; none while there are too few for an outline. */
export function outlineCorners(outline: RangeOutline): LatLon[] {
  const corners = outline.farthestM.flatMap((metres, sector) =>
    metres === 0 ? [] : [destination(outline, (sector + 0.5) * SECTOR_DEG, metres)],
  );
  return corners.length < FEWEST_SECTORS ? [] : corners;
}
