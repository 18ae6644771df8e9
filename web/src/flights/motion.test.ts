// Mercator, dead reckoning and blending: the arithmetic that the vertex shader repeats on the GPU.

import { CATEGORIES, COLUMN, COLUMN_COUNT, ServerClock, SlewedOffset } from "@flighttracker/client";
import { describe, expect, test } from "vitest";
import { DEAD_RECKONING_S, FADED_OPACITY, opacityAt, type Place, placeAt } from "./deadReckoning";
import { EQUATOR_M, latitudeDeg, longitudeDeg, mercatorX, mercatorY, shortestX } from "./mercator";
import { SILHOUETTE_NUMBER } from "./silhouette";
import { silhouetteOf } from "./silhouetteOfType";
import { rowsWith } from "./testRows";
import { writeInstance } from "./writeInstance";

const eastbound = { icao24: 1, latitudeDeg: 60, longitudeDeg: 10, speedKt: 480, trackDeg: 90 };

function placed(row: ReturnType<typeof rowsWith>, timeS: number, blends = true): Place {
  const place = { x: 0, y: 0, headingRad: 0 };
  placeAt(row.instances, 0, timeS, blends, place);
  return place;
}

describe("mercator", () => {
  test("is invertible", () => {
    for (const latitude of [-85, -33.9, 0, 51.47, 85]) {
      expect(latitudeDeg(mercatorY(latitude))).toBeCloseTo(latitude, 9);
    }
    for (const longitude of [-180, -0.45, 0, 139.8])
      expect(longitudeDeg(mercatorX(longitude))).toBeCloseTo(longitude, 9);
  });
  test("poles end at the edge of the map", () => {
    expect(mercatorY(90)).toBeCloseTo(0, 6);
    expect(mercatorY(-90)).toBeCloseTo(1, 6);
  });
  test("the shorter path crosses the 180th meridian", () => {
    expect(shortestX(mercatorX(-179) - mercatorX(179))).toBeCloseTo(2 / 360, 9);
  });
});

describe("dead reckoning", () => {
  test("an aircraft flies as far as its speed says", () => {
    const rows = rowsWith([eastbound]);
    writeInstance(rows, 0, { positionTimeS: 0, nowS: 0, wasShown: false });
    const flownM = (placed(rows, 30).x - placed(rows, 0).x) * EQUATOR_M * Math.cos(Math.PI / 3);
    expect(flownM).toBeCloseTo((480 * 1852 * 30) / 3600, 0);
    expect(placed(rows, 30).y).toBeCloseTo(placed(rows, 0).y, 12);
  });
  test("it stops a while after the last position", () => {
    const rows = rowsWith([eastbound]);
    writeInstance(rows, 0, { positionTimeS: 0, nowS: 0, wasShown: false });
    expect(placed(rows, DEAD_RECKONING_S + 500).x).toBe(placed(rows, DEAD_RECKONING_S).x);
    expect(opacityAt(10)).toBe(1);
    expect(opacityAt(1000)).toBeCloseTo(FADED_OPACITY);
  });
  test("without a speed or track it stays where it is", () => {
    const rows = rowsWith([{ icao24: 1, latitudeDeg: 10, longitudeDeg: 20 }]);
    writeInstance(rows, 0, { positionTimeS: 0, nowS: 0, wasShown: false });
    expect(placed(rows, 30)).toEqual(placed(rows, 0));
  });
  test("a single-precision pair holds a position to a centimetre", () => {
    const rows = rowsWith([{ icao24: 1, latitudeDeg: 51.47001, longitudeDeg: 139.78123 }]);
    writeInstance(rows, 0, { positionTimeS: 0, nowS: 0, wasShown: false });
    expect(Math.abs(placed(rows, 0).x - mercatorX(139.78123)) * EQUATOR_M).toBeLessThan(0.01);
  });
});

describe("a correction", () => {
  const corrected = () => {
    const rows = rowsWith([eastbound]);
    writeInstance(rows, 0, { positionTimeS: 0, nowS: 0, wasShown: false });
    const before = placed(rows, 15);
    rows.dynamic[0 * COLUMN_COUNT + COLUMN.latitude] = 6_001_000;
    rows.dynamic[0 * COLUMN_COUNT + COLUMN.longitude] = 1_012_000;
    rows.dynamic[0 * COLUMN_COUNT + COLUMN.track] = 3550;
    writeInstance(rows, 0, { positionTimeS: 14, nowS: 15, wasShown: true });
    return { rows, before };
  };

  test("begins where the aircraft was displayed", () => {
    const { rows, before } = corrected();
    const after = placed(rows, 15);
    expect(Math.hypot(after.x - before.x, after.y - before.y) * EQUATOR_M).toBeLessThan(0.5);
    expect(Math.cos(after.headingRad - before.headingRad)).toBeCloseTo(1, 5);
  });
  test("ends on the new track", () => {
    const { rows } = corrected();
    const blended = placed(rows, 20);
    const direct = placed(rows, 20, false);
    expect(Math.hypot(blended.x - direct.x, blended.y - direct.y) * EQUATOR_M).toBeLessThan(1);
    expect(blended.headingRad).toBeCloseTo((355 * Math.PI) / 180, 4);
  });
  test("turns the shorter way", () => {
    const { rows } = corrected();
    const turned = placed(rows, 15.3).headingRad;
    expect(Math.cos(turned - (355 * Math.PI) / 180)).toBeGreaterThan(Math.cos((95 * Math.PI) / 180));
  });
  test("is shown at once with reduced motion", () => {
    const { rows } = corrected();
    expect(placed(rows, 15, false).headingRad).toBeCloseTo((355 * Math.PI) / 180, 4);
  });
});

describe("the server's clock", () => {
  test("is best estimated from the message with the least delay", () => {
    const clock = new ServerClock();
    clock.observe(10_000, 5_400);
    clock.observe(11_000, 6_050);
    clock.observe(12_000, 7_900);
    expect(clock.offsetMs).toBe(4_950);
  });
  test("is followed slowly for a small difference, at once for a large one", () => {
    const offset = new SlewedOffset();
    expect(offset.next(60_000, 0)).toBe(60_000);
    expect(offset.next(60_400, 1_000)).toBe(60_050);
    expect(offset.next(60_400, 9_000)).toBe(60_400);
  });
});

describe("silhouettes", () => {
  test.each([
    ["A320", "jet"],
    ["B77W", "heavy"],
    ["A359", "heavy"],
    ["C172", "light"],
    ["C17", "heavy"],
    ["AT76", "turboprop"],
    ["DH8D", "turboprop"],
    ["EC35", "helicopter"],
    ["GLF6", "business"],
    ["C56X", "business"],
    ["AS21", "glider"],
    ["AS50", "helicopter"],
    ["BALL", "balloon"],
    ["", "jet"],
    ["????", "jet"],
  ] as const)("%s is a %s", (designator, silhouette) =>
    expect(silhouetteOf(designator, 0)).toBe(SILHOUETTE_NUMBER[silhouette]),
  );

  test.each([
    ["", "rotorcraft", "helicopter"],
    ["", "lighter_than_air", "balloon"],
    ["", "drone", "drone"],
    ["", "heavy", "heavy"],
    ["ZZZZ", "glider", "glider"],
    ["A320", "light", "jet"],
    ["EC35", "heavy", "helicopter"],
    ["A320", "service_vehicle", "vehicle"],
    ["", "emergency_vehicle", "vehicle"],
    ["TWR", "obstacle", "obstacle"],
  ] as const)("%s of category %s is a %s", (designator, category, silhouette) =>
    expect(silhouetteOf(designator, CATEGORIES.indexOf(category))).toBe(SILHOUETTE_NUMBER[silhouette]),
  );

  test("a category of a newer gateway is none", () => {
    expect(silhouetteOf("", 200)).toBe(SILHOUETTE_NUMBER.jet);
    expect(silhouetteOf("GLID", 200)).toBe(SILHOUETTE_NUMBER.glider);
  });
});
