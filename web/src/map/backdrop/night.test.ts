import { expect, test } from "vitest";
import { lineLatitudeDeg, nightRing, sunAt } from "./night";

/** From the almanac: declination and the longitude where the sun is overhead, which is −15° × (UTC − 12 h + equation of time). */
test.each([
  ["2026-06-21T12:00:00Z", 23.44, 0.45],
  ["2026-12-21T12:00:00Z", -23.43, -0.45],
  ["2026-03-20T14:46:00Z", 0, -39.65],
  ["2026-11-03T00:00:00Z", -15.0, 175.9],
])("the sun at %s", (time, latitudeDeg, longitudeDeg) => {
  const sun = sunAt(Date.parse(time));
  expect(Math.abs(sun.latitudeDeg - latitudeDeg)).toBeLessThan(0.15);
  expect(Math.abs(sun.longitudeDeg - longitudeDeg)).toBeLessThan(0.25);
});

/** Height of the sun over the horizon, degrees. */
function heightDeg(sun: ReturnType<typeof sunAt>, latitudeDeg: number, longitudeDeg: number): number {
  const [latitude, declination, hour] = [latitudeDeg, sun.latitudeDeg, longitudeDeg - sun.longitudeDeg].map(
    (degrees) => (degrees * Math.PI) / 180,
  ) as [number, number, number];
  const sine = Math.sin(latitude) * Math.sin(declination) + Math.cos(latitude) * Math.cos(declination) * Math.cos(hour);
  return (Math.asin(sine) * 180) / Math.PI;
}

test("on the line the sun is at the horizon, and the ring has the dark side", () => {
  for (const time of ["2026-06-21T05:00:00Z", "2026-12-24T18:30:00Z", "2026-03-20T14:46:00Z", "2026-09-01T00:00:00Z"]) {
    const sun = sunAt(Date.parse(time));
    for (let longitude = -180; longitude <= 180; longitude += 30) {
      const latitude = lineLatitudeDeg(sun, longitude);
      expect(Math.abs(heightDeg(sun, latitude, longitude))).toBeLessThan(0.1);
    }
    const [[pole]] = nightRing(sun, -540, 540) as [[number, number]];
    expect(heightDeg(sun, pole, 0)).toBeLessThan(0.1);
  }
});

test("the ring reaches from end to end", () => {
  const ring = nightRing(sunAt(Date.parse("2026-01-01T00:00:00Z")), -540, 540);
  expect(ring.at(0)).toEqual([90, -540]);
  expect(ring.at(-1)).toEqual([90, 540]);
  expect(ring.length).toBeLessThan(600);
});
