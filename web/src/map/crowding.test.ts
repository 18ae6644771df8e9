import { expect, test } from "vitest";
import { INSTANCE, INSTANCE_FLOATS, VISIBLE } from "@/flights/instance";
import { thinOut } from "./crowding";

const ZOOM = 3;

function world(count: number, width: number) {
  const instances = new Float32Array(count * INSTANCE_FLOATS);
  for (let row = 0; row < count; row++) {
    // The fractions of multiples of the golden ratio fill a line evenly.
    instances[row * INSTANCE_FLOATS + INSTANCE.xHigh] = 0.3 + width * ((row * 0.618_034) % 1);
    instances[row * INSTANCE_FLOATS + INSTANCE.yHigh] = 0.4 + width * ((row * 0.754_878) % 1);
  }
  return { instances, states: new Uint8Array(count).fill(VISIBLE) };
}

test("5,000 aircraft over one country leave one in each square", () => {
  const { instances, states } = world(5_000, 0.1);
  const left = thinOut(states, instances, 5_000, ZOOM, 5_000);
  // 205 pixels square, in squares of 9.
  expect(left).toBeGreaterThan(400);
  expect(left).toBeLessThan(600);
  expect(states.reduce((sum, state) => sum + (state & VISIBLE), 0)).toBe(left);
});

test("the same ones stay when nothing moves", () => {
  const first = world(5_000, 0.1);
  const second = world(5_000, 0.1);
  thinOut(first.states, first.instances, 5_000, ZOOM, 5_000);
  thinOut(second.states, second.instances, 5_000, ZOOM, 5_000);
  expect(second.states).toEqual(first.states);
});

test("few aircraft, and those of a near map, all stay", () => {
  const { instances, states } = world(5_000, 0.1);
  expect(thinOut(states, instances, 3_000, ZOOM, 3_000)).toBe(3_000);
  expect(thinOut(states, instances, 5_000, 6, 5_000)).toBe(5_000);
  expect(states.every((state) => state === VISIBLE)).toBe(true);
});
