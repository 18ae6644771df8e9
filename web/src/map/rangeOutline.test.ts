import { expect, test } from "vitest";
import { rowsWith } from "@/flights/testRows";
import { emptyOutline, outlineCorners, outlineFrom, widened } from "./rangeOutline";

const here = { latitudeDeg: 50, longitudeDeg: 8 };
const NOON_MS = Date.UTC(2026, 10, 29, 12);
const rows = rowsWith([
  { icao24: 1, latitudeDeg: 51, longitudeDeg: 8 },
  { icao24: 2, latitudeDeg: 52, longitudeDeg: 8.01 },
  { icao24: 3, latitudeDeg: 50, longitudeDeg: 6 },
  { icao24: 4, latitudeDeg: -30, longitudeDeg: 140 },
]);

test("the farthest of each direction counts, and what is too far for an antenna does not", () => {
  const outline = widened(emptyOutline(here, NOON_MS), rows, NOON_MS + 1_000);
  const heard = outline.farthestM.flatMap((metres, sector) =>
    metres > 0 ? [[sector, Math.round(metres / 1_000)]] : [],
  );
  expect(heard).toEqual([
    [0, 222],
    [18, 143],
  ]);
  expect(widened(outline, rows, NOON_MS + 2_000)).toBe(outline);
  expect(outlineCorners(outline)).toEqual([]);
  const around = { ...outline, farthestM: outline.farthestM.map((_, sector) => (sector % 2 === 0 ? 1e5 : 0)) };
  expect(outlineCorners(around).length).toBe(12);
});

test("it survives a reload, but not midnight, another place or damage", () => {
  const outline = widened(emptyOutline(here, NOON_MS), rows, NOON_MS);
  const text = JSON.stringify(outline);
  expect(outlineFrom(text, here, NOON_MS + 3_600_000)).toEqual(outline);
  for (const [kept, place, nowMs] of [
    [text, here, NOON_MS + 86_400_000],
    [text, { ...here, latitudeDeg: 51 }, NOON_MS],
    ["{", here, NOON_MS],
    [null, here, NOON_MS],
    [JSON.stringify({ ...outline, farthestM: [1e9] }), here, NOON_MS],
  ] as const) {
    expect(outlineFrom(kept, place, nowMs).farthestM.every((metres) => metres === 0)).toBe(true);
  }
  const tomorrow = widened(outline, rowsWith([]), NOON_MS + 86_400_000);
  expect(tomorrow.farthestM.every((metres) => metres === 0)).toBe(true);
});
