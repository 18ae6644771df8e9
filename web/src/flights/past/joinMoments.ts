// A moment of an area and an earlier one of the whole world as one moment: lists, filters and counts work on everybody,
// while only what is looked at is loaded for each step. Pure.
import { COLUMN, DEGREES_PER_POSITION_UNIT, MILLISECONDS_PER_AGE_UNIT, TEXT_COLUMNS } from "@flighttracker/client";
import { type Area, isInArea } from "./area";
import { type Moment, momentOf } from "./moment";

/**
 * The aircraft of `near`, and those of `world` outside the area, at their place of then. An aircraft that has left the
 * area since then is missing until the next moment of the world.
 */
export function joinMoments(near: Moment, world: Moment, area: Area): Moment {
  const others: number[] = [];
  for (let i = 0; i < world.count; i++) {
    const degrees = (column: number) =>
      ((world.dynamic[column] as Int32Array)[i] as number) * DEGREES_PER_POSITION_UNIT;
    if (isInArea(area, degrees(COLUMN.latitude), degrees(COLUMN.longitude))) continue;
    if (near.indexOf(world.icao24[i] as number) < 0) others.push(i);
  }
  if (others.length === 0) return near;
  const laterBy = Math.round((near.timeMs - world.timeMs) / MILLISECONDS_PER_AGE_UNIT);
  const hasKinds = world.kinds !== null && (near.kinds !== null || near.count === 0);
  return momentOf(near.timeMs, 0, {
    icao24: joined(near.icao24, world.icao24, others),
    texts: TEXT_COLUMNS.map(({ bytes }, t) => joinedTexts(near.texts[t], world.texts[t], others, bytes)),
    nameNumbers: world.nameNumbers.map((column, n) => joined(near.nameNumbers[n], column, others)),
    kinds: hasKinds
      ? (world.kinds as readonly Uint8Array[]).map((column, k) => joined(near.kinds?.[k], column, others))
      : null,
    dynamic: world.dynamic.map((column, d) => {
      const all = joined(near.dynamic[d], column, others);
      if (d === COLUMN.positionAge) for (let i = near.count; i < all.length; i++) all[i] = (all[i] as number) + laterBy;
      return all;
    }),
  });
}

type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array;

function joined<T extends Numbers>(first: T | undefined, from: T, chosen: readonly number[]): T {
  const length = first?.length ?? 0;
  const all = new (from.constructor as new (length: number) => T)(length + chosen.length);
  if (first !== undefined) all.set(first);
  chosen.forEach((i, at) => {
    all[length + at] = from[i] as number;
  });
  return all;
}

function joinedTexts(
  first: Uint8Array | undefined,
  from: Uint8Array | undefined,
  chosen: readonly number[],
  bytes: number,
) {
  const length = first?.length ?? 0;
  const all = new Uint8Array(length + chosen.length * bytes);
  if (first !== undefined) all.set(first);
  if (from !== undefined) {
    chosen.forEach((i, at) => {
      all.set(from.subarray(i * bytes, (i + 1) * bytes), length + at * bytes);
    });
  }
  return all;
}
