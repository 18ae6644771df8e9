import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Runways } from "./runways";

const worldPx = 256 * 2 ** 13;
const view = { scale: worldPx, left: 0, top: 0, width: worldPx, height: worldPx };
const end = (longitudeDeg: number) => ({ latitudeDeg: 0, longitudeDeg });
const airfield = (from: number, to: number) =>
  ({
    latitudeDeg: 0,
    runways: [{ ends: [end(from), end(to)], name: "09/27", widthM: 45, surface: "hard" }],
  }) as unknown as ConstructorParameters<typeof Runways>[0][number];

beforeEach(() => {
  vi.stubGlobal("document", { documentElement: null });
  vi.stubGlobal("getComputedStyle", () => ({ fontSize: "16px" }));
});
afterEach(() => vi.unstubAllGlobals());

test("designators stand beyond both ends of a runway, from zoom 13 on", () => {
  const runways = new Runways([airfield(0, 0.05)]);
  expect([...runways.boxes(view, 12)]).toEqual([]);
  const [west, east] = [...runways.boxes(view, 13)];
  const ends = [0.5, 0.5 + 0.05 / 360].map((x) => x * worldPx) as [number, number];
  expect(west?.right).toBeLessThan(ends[0]);
  expect(east?.left).toBeGreaterThan(ends[1]);
  expect((west?.left ?? 0) + (west?.right ?? 0)).toBeCloseTo(2 * (ends[0] - 12), 3);
});

test("a runway that is too short on the screen has none", () => {
  expect([...new Runways([airfield(0, 0.002)]).boxes(view, 13)]).toEqual([]);
});
