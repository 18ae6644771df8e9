import { expect, test } from "vitest";
import { MomentBuffer } from "./momentBuffer";
import { testMoment } from "./testMoments";

const STEP_MS = 10_000;
const AIRCRAFT = [{ icao24: 1, latitudeDeg: 50, longitudeDeg: 8 }];

function filled(mostBytes: number, steps: readonly number[], shownMs = 0): MomentBuffer {
  const buffer = new MomentBuffer(mostBytes);
  buffer.setStep(STEP_MS);
  for (const step of steps) buffer.put(testMoment(step * STEP_MS, AIRCRAFT), shownMs);
  return buffer;
}

test("it is bounded: the furthest moments go first, those behind before those ahead", () => {
  const buffer = filled(500, [0, 1, 2, 3, 4, 5, 6, 7, 8], 4 * STEP_MS);
  expect(buffer.bytes).toBeLessThanOrEqual(500);
  expect([0, 1, 2, 3, 4, 5, 6, 7, 8].filter((step) => buffer.at(step * STEP_MS) !== undefined)).toEqual([
    3, 4, 5, 6, 7,
  ]);
});

test("what is missing is one range up to the next moment that is there", () => {
  const buffer = filled(10_000, [0, 1, 5]);
  const missing = (from: number, ahead: number, most = 20, end = 1_000) =>
    buffer.missing(from * STEP_MS, ahead, most, end * STEP_MS);
  expect(missing(0.5, 10)).toEqual({ fromMs: 2 * STEP_MS, toMs: 5 * STEP_MS });
  expect(missing(0, 10, 2)).toEqual({ fromMs: 2 * STEP_MS, toMs: 4 * STEP_MS });
  expect(missing(5, 3)).toEqual({ fromMs: 6 * STEP_MS, toMs: 9 * STEP_MS });
  expect(missing(0, 1)).toBeNull();
  expect(missing(0, 10, 20, 1)).toBeNull();
  expect(missing(4, 0)).toEqual({ fromMs: 4 * STEP_MS, toMs: 5 * STEP_MS });
});

test("another step forgets everything", () => {
  const buffer = filled(10_000, [0, 1]);
  buffer.setStep(30_000);
  expect([buffer.bytes, buffer.at(0)]).toEqual([0, undefined]);
});

test("what there is room for is kept, so it is not loaded again and again", () => {
  const probe = filled(1_000, [0]);
  const ahead = Array.from({ length: probe.room + 1 }, (_, i) => 10 + i);
  const behind = Array.from({ length: Math.floor(probe.room / 2) }, (_, i) => 9 - i);
  const buffer = filled(1_000, [...behind, ...ahead, ...behind], 10 * STEP_MS);
  expect([...behind, ...ahead].filter((step) => buffer.at(step * STEP_MS) === undefined)).toEqual([]);
});
