import { expect, test } from "vitest";
import { freeOf } from "./freeSpace";

const phone = { left: 0, top: 0, right: 390, bottom: 788 };

test("a sheet at the foot leaves the part above it", () => {
  expect(freeOf(phone, [{ left: 0, top: 500, right: 390, bottom: 788 }])).toEqual({ ...phone, bottom: 500 });
});

test("a card at the left and a bar at the foot leave the part right of one and above the other", () => {
  const laptop = { left: 0, top: 0, right: 1000, bottom: 800 };
  const card = { left: 12, top: 12, right: 332, bottom: 700 };
  const bar = { left: 200, top: 700, right: 800, bottom: 780 };
  expect(freeOf(laptop, [card, bar])).toEqual({ left: 332, top: 0, right: 1000, bottom: 700 });
});

test("what lies beside the map covers nothing of it", () => {
  expect(freeOf(phone, [{ left: 390, top: 0, right: 800, bottom: 788 }])).toEqual(phone);
});
