// Moments of the past become rows that move as the aircraft did.
import { expect, test } from "vitest";
import { type Place, placeAt } from "../deadReckoning";
import { latitudeDeg, longitudeDeg } from "../mercator";
import type { Moment } from "./moment";
import { PastRows } from "./pastRows";
import { type TestAircraft, testMoment } from "./testMoments";

const START_MS = 1_750_000_000_000;
const STEP_MS = 30_000;
const DLH: TestAircraft = { icao24: 0x3c6444, callsign: "DLH4AB", latitudeDeg: 50, longitudeDeg: 8 };

function shownAt(past: PastRows, icao24: number, timeMs: number, blends = false) {
  const place: Place = { x: 0, y: 0, headingRad: 0 };
  const { rows } = past;
  placeAt(rows.instances, rows.rowOf(icao24), (timeMs - rows.referenceMs) / 1000, blends, place);
  return { latitudeDeg: latitudeDeg(place.y), longitudeDeg: longitudeDeg(place.x) };
}

const made = (...moments: readonly (readonly TestAircraft[])[]): Moment[] =>
  moments.map((aircraft, i) => testMoment(START_MS + i * STEP_MS, aircraft));

test("an aircraft moves from its report to the next one", () => {
  const past = new PastRows([""]);
  const [first, second] = made([DLH], [{ ...DLH, latitudeDeg: 50.02, longitudeDeg: 8.06 }]) as [Moment, Moment];
  past.show(first, second, false);
  expect(shownAt(past, DLH.icao24, START_MS).latitudeDeg).toBeCloseTo(50, 4);
  const middle = shownAt(past, DLH.icao24, START_MS + STEP_MS / 2);
  expect(middle.latitudeDeg).toBeCloseTo(50.01, 3);
  expect(middle.longitudeDeg).toBeCloseTo(8.03, 4);
  expect(shownAt(past, DLH.icao24, START_MS + STEP_MS).longitudeDeg).toBeCloseTo(8.06, 4);
});

test("without a later report it is extrapolated by its speed and track", () => {
  const past = new PastRows([""]);
  const [first, second] = made([{ ...DLH, speedKt: 360, trackDeg: 0 }], [{ ...DLH, ageS: 30 }]) as [Moment, Moment];
  past.show(first, second, false);
  // 360 kt are 0.1 NM a second; a minute of latitude is one NM.
  expect(shownAt(past, DLH.icao24, START_MS + STEP_MS).latitudeDeg).toBeCloseTo(50 + 3 / 60, 3);
});

test("reports that are more than a minute apart are joined without a stop", () => {
  const past = new PastRows([""]);
  const [first, second] = made([{ ...DLH, ageS: 70 }], [{ ...DLH, latitudeDeg: 50, longitudeDeg: 8.2 }]) as [
    Moment,
    Moment,
  ];
  past.show(first, second, false);
  // 100 s from one report to the other.
  expect(shownAt(past, DLH.icao24, START_MS).longitudeDeg).toBeCloseTo(8.14, 4);
  expect(shownAt(past, DLH.icao24, START_MS + STEP_MS).longitudeDeg).toBeCloseTo(8.2, 4);
});

test("an address that jumps across the world is another aircraft: it does not fly there", () => {
  const past = new PastRows([""]);
  const [first, second] = made([DLH], [{ ...DLH, longitudeDeg: -70 }]) as [Moment, Moment];
  past.show(first, second, false);
  expect(shownAt(past, DLH.icao24, START_MS + STEP_MS).longitudeDeg).toBeCloseTo(8, 4);
});

test("across the 180th meridian it takes the short way", () => {
  const past = new PastRows([""]);
  const [first, second] = made([{ ...DLH, longitudeDeg: 179.99 }], [{ ...DLH, longitudeDeg: -179.97 }]) as [
    Moment,
    Moment,
  ];
  past.show(first, second, false);
  expect(shownAt(past, DLH.icao24, START_MS + STEP_MS / 2).longitudeDeg).toBeCloseTo(-179.99, 3);
});

test("a correction is blended in when the moment before was shown, and not after a jump in time", () => {
  const moments = made(
    [{ ...DLH, speedKt: 360, trackDeg: 0 }],
    [{ ...DLH, latitudeDeg: 50.06, ageS: 0 }],
    [{ ...DLH, latitudeDeg: 50.06, ageS: 30 }],
  );
  const [first, second, third] = moments as [Moment, Moment, Moment];
  for (const glides of [true, false]) {
    const past = new PastRows([""]);
    past.show(first, null, false);
    past.show(second, third, glides);
    const at = shownAt(past, DLH.icao24, START_MS + STEP_MS, true).latitudeDeg;
    expect(at).toBeCloseTo(glides ? 50.05 : 50.06, 3);
    expect(shownAt(past, DLH.icao24, START_MS + STEP_MS + 5_000, true).latitudeDeg).toBeCloseTo(50.06, 3);
  }
});

test("an aircraft keeps its row while it is there, and its row is free afterwards", () => {
  const past = new PastRows([""]);
  const [other, third] = [
    { ...DLH, icao24: 1, callsign: "" },
    { ...DLH, icao24: 2, callsign: "" },
  ];
  const [first, second, last] = made([other, DLH], [DLH, third], [third, other]) as [Moment, Moment, Moment];
  past.show(first, second, false);
  const row = past.rows.rowOf(DLH.icao24);
  expect(past.rows.textOf(row, "callsign")).toBe("DLH4AB");
  past.show(second, last, true);
  expect(past.rows.rowOf(DLH.icao24)).toBe(row);
  expect(past.rows.rowOf(other.icao24)).toBe(-1);
  past.show(last, null, true);
  expect(past.rows.rowOf(DLH.icao24)).toBe(-1);
  expect(past.rows.rowCount).toBeLessThanOrEqual(3);
  expect(past.rows.textOf(past.rows.rowOf(other.icao24), "callsign")).toBe("");
});
