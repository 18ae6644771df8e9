import { expect, test } from "vitest";
import { routeProgress, shortAirportName } from "./routeProgress";

const FRANKFURT = { latitudeDeg: 50.0264, longitudeDeg: 8.5431 };
const NEW_YORK = { latitudeDeg: 40.6398, longitudeDeg: -73.7789 };
const HALFWAY = { latitudeDeg: 52.5, longitudeDeg: -36.5 };

test("half of the way is half, and the rest takes as long as the present speed says", () => {
  const progress = routeProgress(FRANKFURT, NEW_YORK, HALFWAY, 480);
  expect(progress?.share).toBeCloseTo(0.5, 1);
  const leftNm = (progress?.leftM as number) / 1852;
  expect(progress?.leftMs).toBeCloseTo((leftNm / 480) * 3_600_000, -3);
});

test("at the gate nobody knows when it arrives", () => {
  expect(routeProgress(FRANKFURT, NEW_YORK, FRANKFURT, 12)).toMatchObject({ share: 0, flownM: 0, leftMs: null });
  expect(routeProgress(FRANKFURT, NEW_YORK, NEW_YORK, null)).toMatchObject({ share: 1, leftMs: null });
  expect(routeProgress(FRANKFURT, FRANKFURT, FRANKFURT, 0)?.share).toBe(1);
});

test("the speed of a climb says nothing of the way to come", () => {
  expect(routeProgress(FRANKFURT, NEW_YORK, FRANKFURT, 180, true)?.leftMs).toBeNull();
  expect(routeProgress(FRANKFURT, NEW_YORK, FRANKFURT, 400, true)?.leftMs).toBeGreaterThan(0);
});

test("without both airports there is no way to have come", () => {
  expect(routeProgress(null, NEW_YORK, HALFWAY, 480)).toBeNull();
  expect(routeProgress(FRANKFURT, null, HALFWAY, 480)).toBeNull();
});

test.each([
  ["London Heathrow Airport", "London Heathrow"],
  ["Hartsfield/Jackson Atlanta International Airport", "Hartsfield/Jackson Atlanta"],
  ["Airport", "Airport"],
  ["Sky Harbor Intl Airport", "Sky Harbor"],
])("%s is called %s", (name, short) => expect(shortAirportName(name)).toBe(short));
