// Times come from what was observed, or not at all.
import { expect, test } from "vitest";
import { flightTimes, type TimedPoint } from "./flightTimes";

const FRANKFURT = { latitudeDeg: 50.03, longitudeDeg: 8.54 };
const MUNICH = { latitudeDeg: 48.35, longitudeDeg: 11.79 };
const BETWEEN = { latitudeDeg: 49.2, longitudeDeg: 10.1 };
const MINUTE_MS = 60_000;

const at = (minute: number, place: typeof MUNICH, isOnGround: boolean): TimedPoint => ({
  timeMs: minute * MINUTE_MS,
  isOnGround,
  ...place,
});
const FLIGHT = [
  at(0, FRANKFURT, true),
  at(10, FRANKFURT, true),
  at(11, FRANKFURT, false),
  at(30, BETWEEN, false),
  at(50, MUNICH, false),
  at(52, MUNICH, true),
];

test("a flight that was seen on both runways has both times", () => {
  expect(flightTimes(FLIGHT, 60 * MINUTE_MS, FRANKFURT, MUNICH)).toEqual({
    tookOffMs: 10.5 * MINUTE_MS,
    landedMs: 51 * MINUTE_MS,
  });
});

test("what happens after the moment that is shown is not known yet", () => {
  expect(flightTimes(FLIGHT, 40 * MINUTE_MS, FRANKFURT, MUNICH)).toEqual({
    tookOffMs: 10.5 * MINUTE_MS,
    landedMs: null,
  });
});

test("no time is made up", () => {
  const nothing = { tookOffMs: null, landedMs: null };
  expect(flightTimes([], 60 * MINUTE_MS, FRANKFURT, MUNICH)).toEqual(nothing);
  // First seen in the air.
  expect(flightTimes(FLIGHT.slice(2, 5), 60 * MINUTE_MS, FRANKFURT, MUNICH)).toEqual(nothing);
  // Unheard for minutes around the take-off.
  expect(flightTimes([at(0, FRANKFURT, true), at(9, FRANKFURT, false)], 60 * MINUTE_MS, FRANKFURT, MUNICH)).toEqual(
    nothing,
  );
  // Another airport than the route says.
  expect(flightTimes(FLIGHT, 60 * MINUTE_MS, MUNICH, FRANKFURT)).toEqual(nothing);
  expect(flightTimes(FLIGHT, 60 * MINUTE_MS, null, null)).toEqual(nothing);
});

test("a second take-off forgets the flight before", () => {
  const again = [...FLIGHT, at(80, MUNICH, true), at(81, MUNICH, false)];
  expect(flightTimes(again, 99 * MINUTE_MS, MUNICH, FRANKFURT)).toEqual({
    tookOffMs: 80.5 * MINUTE_MS,
    landedMs: null,
  });
});
