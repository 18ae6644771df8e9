import { expect, test } from "vitest";
import { HOURS, hoursBefore } from "./heatPlaces";

const HOUR = 3_600_000;
const at = (hours: number) => hours * HOUR;

test("the hours before a moment end with the whole steps until it", () => {
  const hours = hoursBefore(at(100) + 12 * 60_000, { fromMs: 0, toMs: at(1_000) });
  expect(hours.length).toBe(HOURS);
  expect(hours[0]).toEqual({ fromMs: at(100), toMs: at(100) + 15 * 60_000 });
  expect(hours[1]).toEqual({ fromMs: at(99), toMs: at(100) });
  expect(hours.at(-1)?.fromMs).toBe(at(77));
});

test("only hours of which something is kept are asked for", () => {
  const kept = { fromMs: at(98) + 5, toMs: at(99) + 60_000 };
  expect(hoursBefore(at(200), kept)).toEqual([
    { fromMs: at(99), toMs: at(99) + 300_000 },
    { fromMs: at(98), toMs: at(99) },
  ]);
  expect(hoursBefore(at(90), kept)).toEqual([]);
});
