import { COLUMN } from "@flighttracker/client";
import { expect, test } from "vitest";
import { joinMoments } from "./joinMoments";
import { emptyMoment, positionTimeMs } from "./moment";
import { testMoment } from "./testMoments";

const AREA = { west: 8, south: 49, east: 10, north: 51 };
const WORLD = testMoment(1_000_000, [
  { icao24: 1, callsign: "STAYS", latitudeDeg: 50, longitudeDeg: 9 },
  { icao24: 2, callsign: "LEFT", latitudeDeg: 50, longitudeDeg: 9.9 },
  { icao24: 3, callsign: "ENTERS", latitudeDeg: 50, longitudeDeg: 7.9 },
  { icao24: 4, callsign: "FAR", latitudeDeg: -30, longitudeDeg: 150, ageS: 2 },
]);

test("those in the area are of the moment, the others of the world, as old as they are", () => {
  const near = testMoment(1_030_000, [
    { icao24: 1, callsign: "STAYS", latitudeDeg: 50, longitudeDeg: 9.2 },
    { icao24: 3, callsign: "ENTERS", latitudeDeg: 50, longitudeDeg: 8.1 },
  ]);
  const joined = joinMoments(near, WORLD, AREA);
  expect([...joined.icao24]).toEqual([1, 3, 4]);
  expect(joined.timeMs).toBe(1_030_000);
  expect((joined.dynamic[COLUMN.longitude] as Int32Array)[joined.indexOf(1)]).toBe(920_000);
  expect((joined.dynamic[COLUMN.longitude] as Int32Array)[joined.indexOf(4)]).toBe(15_000_000);
  expect(positionTimeMs(joined, joined.indexOf(4))).toBe(998_000);
  const text = Buffer.from(joined.texts[0] as Uint8Array).toString("ascii");
  expect(text.replaceAll("\0", "")).toBe("STAYSENTERSFAR");
});

test("an empty area has the others, and an empty world nobody", () => {
  expect([...joinMoments(emptyMoment(1_030_000), WORLD, AREA).icao24]).toEqual([3, 4]);
  const near = testMoment(1_030_000, [{ icao24: 1, latitudeDeg: 50, longitudeDeg: 9 }]);
  expect(joinMoments(near, emptyMoment(1_000_000), AREA)).toBe(near);
});
