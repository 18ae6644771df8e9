import { expect, test } from "vitest";
import { areaFor, bboxOf, isInArea, isSameArea } from "./area";

const FRANKFURT = { west: 8, south: 49.5, east: 9, north: 50.5 };

test("a close view has an area with room around it, and a wide one the world", () => {
  expect(areaFor(FRANKFURT, null)).toEqual({ west: 7.5, south: 49, east: 9.5, north: 51 });
  expect(areaFor({ west: -60, south: -60, east: 60, north: 60 }, null)).toBeNull();
});

test("the area stays until the view leaves it, or is much smaller than it", () => {
  const area = areaFor(FRANKFURT, null);
  expect(areaFor({ ...FRANKFURT, west: 8.4, east: 9.4 }, area)).toBe(area);
  expect(areaFor({ ...FRANKFURT, west: 8.6, east: 9.6 }, area)).not.toBe(area);
  expect(areaFor({ west: 8.4, south: 50, east: 8.5, north: 50.1 }, area)).not.toBe(area);
  expect(areaFor(null, area)).toBe(area);
});

test("an area across the 180th meridian has both sides", () => {
  const area = areaFor({ west: 179, south: -1, east: -179, north: 1 }, null);
  expect(area).toEqual({ west: 178, south: -2, east: -178, north: 2 });
  if (area === null) return;
  expect([179.5, -178.5, 177, -177].map((longitude) => isInArea(area, 0, longitude))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(isInArea(area, 3, 179)).toBe(false);
  expect(areaFor({ west: 179.5, south: -1, east: -179, north: 1 }, area)).toBe(area);
  expect(bboxOf(area)).toBe("178.0000,-2.0000,-178.0000,2.0000");
  expect([isSameArea(area, { ...area }), isSameArea(area, null), isSameArea(null, null)]).toEqual([true, false, true]);
});
