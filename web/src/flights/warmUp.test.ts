// A warm-up that a decoder refuses would compile nothing: the made-up frames must be right to the last byte.
import { expect, test } from "vitest";
import { warmUp } from "./warmUp";

test("the decoder takes every made-up frame", () => {
  expect([...warmUp()].length).toBeGreaterThan(10);
});
