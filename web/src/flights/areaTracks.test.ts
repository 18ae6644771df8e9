import { NULL_VALUE } from "@flighttracker/client";
import { expect, test } from "vitest";
import { parseAreaTracks } from "./areaTracks";
import { TRAIL_ON_GROUND } from "./trailLayout";

const ANSWER = {
  icao24: ["4ca7b3", "3c6444"],
  point_count: [2, 1],
  position_time_ms: [1000, 2000, 1500],
  latitude_deg: [50, 50.1, -20],
  longitude_deg: [8, 8.1, 170],
  baro_altitude_m: [3048, null, 100],
  on_ground: [false, false, true],
};

test("columns become one trail for each aircraft", () => {
  const trails = parseAreaTracks(ANSWER);
  expect([...(trails.get(0x4ca7b3) ?? [])]).toEqual([1000, 50, 8, 400, 2000, 50.1, 8.1, NULL_VALUE]);
  expect([...(trails.get(0x3c6444) ?? [])]).toEqual([1500, -20, 170, TRAIL_ON_GROUND]);
});

test("an answer that lacks something gives what it has", () => {
  for (const answer of [null, 1, {}, { icao24: ["4ca7b3"] }, { ...ANSWER, position_time_ms: "x" }])
    expect(parseAreaTracks(answer).size).toBe(0);
  expect([...parseAreaTracks({ ...ANSWER, point_count: [2, 7] }).keys()]).toEqual([0x4ca7b3]);
  expect(parseAreaTracks({ ...ANSWER, latitude_deg: [50, null, -20] }).size).toBe(0);
  expect(parseAreaTracks({ ...ANSWER, point_count: [-1, 1] }).size).toBe(0);
});
