// A warm-up that the decoder rejects would compile nothing: the synthetic frames must be valid to the last byte.
import { expect, test } from "vitest";
import { warmUp } from "./warmUp";

test("the decoder accepts every synthetic frame", () => {
  expect([...warmUp()].length).toBeGreaterThan(10);
});
