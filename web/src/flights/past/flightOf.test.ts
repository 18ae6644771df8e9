import { expect, test } from "vitest";
import type { TrackPoint } from "../track";
import { flightOf } from "./flightOf";

const MINUTE_MS = 60_000;

/** `G` on the ground, `A` in the air, one point a minute, 0.1° (6 NM) apart in the air; a digit is so many hours of silence. */
function track(text: string): TrackPoint[] {
  const points: TrackPoint[] = [];
  let timeMs = 0;
  let longitudeDeg = 0;
  for (const sign of text) {
    if (/\d/.test(sign)) {
      timeMs += Number(sign) * 60 * MINUTE_MS;
      continue;
    }
    const isOnGround = sign === "G";
    if (!isOnGround) longitudeDeg += 0.1;
    points.push({ timeMs, latitudeDeg: 0, longitudeDeg, altitudeFt: null, speedKt: null, isOnGround });
    timeMs += MINUTE_MS;
  }
  return points;
}

/** Numbers of the first and the last point of the flight at the moment of point `index`. */
function found(text: string, index: number, change: (point: TrackPoint, i: number) => TrackPoint = (point) => point) {
  const points = track(text).map(change);
  const flight = flightOf(points, (points[index] as TrackPoint).timeMs);
  return [points.indexOf(flight[0] as TrackPoint), points.indexOf(flight.at(-1) as TrackPoint)];
}

test("a flight goes from its taxiing to the stand at its end", () => {
  expect(found("AAGGGAAAAGGGAA", 7)).toEqual([2, 11]);
  expect(found("AAGGGAAAAGGGAA", 0)).toEqual([0, 4]);
});

test("on the ground it is the flight that begins soon, else the one that ended", () => {
  expect(found("AAAGGGAAA", 4)).toEqual([3, 8]);
  expect(found(`AAA${"G".repeat(90)}AAA`, 10)).toEqual([0, 32]);
  expect(found("AAAGGG", 5)).toEqual([0, 5]);
  expect(found("GGG", 1)).toEqual([0, 2]);
});

test("a long stay on the ground is not part of it", () => {
  expect(found(`${"G".repeat(90)}AAAA`, 91)).toEqual([60, 93]);
});

test("a silence over an ocean does not end it, one at an airport does", () => {
  // Five hours at 480 kt: 40 degrees of longitude at the equator.
  const far = (point: TrackPoint, i: number) => (i < 3 ? point : { ...point, longitudeDeg: point.longitudeDeg + 40 });
  expect(found("AAA5AAA", 5, far)).toEqual([0, 5]);
  expect(found("AAA5AAA", 5)).toEqual([3, 5]);
  expect(found("AAA5AAA", 1)).toEqual([0, 2]);
});

test("no points are no flight, and a moment before all of them means the first", () => {
  expect(flightOf([], 0)).toEqual([]);
  expect(flightOf(track("AAA"), -1).length).toBe(3);
});
