import { expect, test } from "vitest";
import { pathOf } from "./LineChart";

test("a line goes from left to right between its least and greatest value", () => {
  const { line, area } = pathOf({ timesMs: [0, 500, 1000], values: [0, 5, 10] }, 0, 10);
  expect(line).toBe("M0.0 72.0L200.0 37.0L400.0 2.0");
  expect(area).toBe("M0.0 72.0L200.0 37.0L400.0 2.0L400.0 72L0.0 72Z");
});

test("a line is interrupted where nothing is known", () => {
  expect(pathOf({ timesMs: [0, 1, 2, 3], values: [1, null, 1, 1] }, 0, 1).line).toBe("M0.0 2.0M266.7 2.0L400.0 2.0");
  expect(pathOf({ timesMs: [], values: [] }, 0, 1)).toEqual({ line: "", area: "" });
});
