import { describe, expect, test } from "vitest";
import { placeAt } from "@/flights/deadReckoning";
import { FlightRows } from "@/flights/flightRows";
import { INSTANCE, INSTANCE_FLOATS } from "@/flights/instance";
import { mercatorX, mercatorY } from "@/flights/mercator";
import { rowsWith, type TestFlight } from "@/flights/testRows";
import { GAP_MS, KEPT_MS, Recording, STEP_MS } from "./recording";
import { writeMoment } from "./replayRows";

const START_MS = 1_750_000_000_000;

function seen(flights: readonly TestFlight[]): FlightRows {
  const rows = rowsWith(flights);
  rows.referenceMs = START_MS;
  flights.forEach(({ latitudeDeg = 0, longitudeDeg = 0 }, row) => {
    rows.instances[row * INSTANCE_FLOATS + INSTANCE.xHigh] = mercatorX(longitudeDeg);
    rows.instances[row * INSTANCE_FLOATS + INSTANCE.yHigh] = mercatorY(latitudeDeg);
  });
  return rows;
}

const DLH: TestFlight = { icao24: 0x3c6444, callsign: "DLH400", altitudeFt: 35_000, speedKt: 450, trackDeg: 90 };

describe("a recording", () => {
  test("shows an aircraft between two moments where it flew", () => {
    const recording = new Recording();
    recording.take(seen([{ ...DLH, latitudeDeg: 50, longitudeDeg: 8 }]), START_MS);
    const live = seen([{ ...DLH, latitudeDeg: 50, longitudeDeg: 8.04 }]);
    recording.take(live, START_MS + STEP_MS);
    const rows = new FlightRows(live.names);
    writeMoment(rows, recording, recording.indexAt(START_MS + 5_000), live);
    const place = { x: 0, y: 0, headingRad: 0 };
    placeAt(rows.instances, 0, (START_MS + STEP_MS / 2 - rows.referenceMs) / 1000, true, place);
    expect(place.x).toBeCloseTo(mercatorX(8.02), 7);
    expect(place.y).toBeCloseTo(mercatorY(50), 7);
    expect(place.headingRad).toBeCloseTo(Math.PI / 2, 5);
    expect(rows.textOf(0, "callsign")).toBe("DLH400");
    expect(rows.altitudeFt(0)).toBe(35_000);
    expect(rows.latitudeDeg(0)).toBeCloseTo(50, 4);
  });

  test("knows the name of an aircraft whose row another one has now", () => {
    const recording = new Recording();
    recording.take(seen([DLH]), START_MS);
    const live = seen([{ icao24: 0x400a12, callsign: "BAW12" }]);
    recording.take(live, START_MS + STEP_MS);
    const rows = new FlightRows(live.names);
    writeMoment(rows, recording, 0, live);
    expect([rows.icao24Text(0), rows.textOf(0, "callsign")]).toEqual(["3c6444", "DLH400"]);
    writeMoment(rows, recording, 1, live);
    expect([rows.icao24Text(0), rows.textOf(0, "callsign")]).toEqual(["400a12", "BAW12"]);
  });

  test("does not fly an aircraft over a gap, nor to the place of another", () => {
    const recording = new Recording();
    recording.take(seen([DLH]), START_MS);
    const live = seen([{ ...DLH, longitudeDeg: 1 }]);
    recording.take(live, START_MS + GAP_MS + 1);
    const rows = new FlightRows(live.names);
    writeMoment(rows, recording, 0, live);
    expect(rows.instances[INSTANCE.velocityX]).toBe(0);
  });

  test("holds no aircraft where a row is empty", () => {
    const recording = new Recording();
    const live = seen([DLH, { icao24: 0x400a12 }]);
    live.present[0] = 0;
    recording.take(live, START_MS);
    const rows = new FlightRows(live.names);
    writeMoment(rows, recording, 0, live);
    expect([...rows.present.subarray(0, 2)]).toEqual([0, 1]);
  });

  test("is bounded in time and in bytes", () => {
    const recording = new Recording();
    const live = seen([DLH]);
    for (let step = 0; step < 500; step++) recording.take(live, START_MS + step * STEP_MS);
    expect(recording.spanMs).toBe(KEPT_MS);
    const many = new FlightRows();
    many.reserve(200_000);
    for (let step = 500; step < 520; step++) recording.take(many, START_MS + step * STEP_MS);
    expect(recording.bytes).toBeLessThanOrEqual(64 * 1024 * 1024);
    expect(recording.moments.length).toBeGreaterThan(5);
  });

  test("gives the profile of one aircraft, also when it changed its row", () => {
    const recording = new Recording();
    recording.take(seen([DLH]), START_MS);
    recording.take(seen([{ icao24: 1 }, { ...DLH, altitudeFt: 34_000 }]), START_MS + STEP_MS);
    recording.take(seen([{ icao24: 1 }]), START_MS + 2 * STEP_MS);
    expect(recording.profileOf(0x3c6444).map(({ altitudeFt, speedKt }) => [altitudeFt, speedKt])).toEqual([
      [35_000, 450],
      [34_000, 450],
    ]);
  });

  test("takes no moment that is not later than the last", () => {
    const recording = new Recording();
    recording.take(seen([DLH]), START_MS);
    recording.take(seen([DLH]), START_MS - 1);
    expect(recording.moments.length).toBe(1);
  });
});
