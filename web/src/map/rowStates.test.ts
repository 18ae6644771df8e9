import { expect, test } from "vitest";
import { CLASS_SHIFT, HOVERED, SELECTED, VISIBLE } from "@/flights/instance";
import { rowsWith } from "@/flights/testRows";
import { type Colouring, colouringBy } from "./colouring";
import { thinOut } from "./crowding";
import { type Chosen, RowStates } from "./rowStates";

const NOTHING: Chosen = {
  selected: null,
  also: [],
  hoveredRow: -1,
  isIsolated: false,
  colouring: null,
  thins: true,
  zoom: 3,
  timeS: 0,
};
const rows = rowsWith([{ icao24: 1, speedKt: 600 }, { icao24: 2, speedKt: 0 }, { icao24: 3 }]);
rows.shown[2] = 0;
const statesOf = (chosen: Partial<Chosen>) => {
  const states = new RowStates();
  states.update(rows, { ...NOTHING, ...chosen });
  return [...states.states.subarray(0, 3)];
};

test("what passes the filters is visible, the selected and hovered ones are marked", () => {
  expect(statesOf({})).toEqual([VISIBLE, VISIBLE, 0]);
  expect(statesOf({ selected: 2, hoveredRow: 0 })).toEqual([VISIBLE | HOVERED, VISIBLE | SELECTED, 0]);
  expect(statesOf({ selected: 2, isIsolated: true })).toEqual([0, VISIBLE | SELECTED, 0]);
});

test("further selected aircraft are visible whatever the filters say", () =>
  expect(statesOf({ also: [3, 9] })).toEqual([VISIBLE, VISIBLE, VISIBLE | SELECTED]));

test("the class of a colour is above the flags", () => {
  const colouring = colouringBy("speed") as Colouring;
  expect(statesOf({ colouring }).map((state) => state >> CLASS_SHIFT)).toEqual([31, 2, 0]);
});

test("a crowd is thinned out far away only, and never what matters", () => {
  const crowd = rowsWith(Array.from({ length: 5_000 }, (_, i) => ({ icao24: i + 1 })));
  const states = new RowStates();
  states.update(crowd, NOTHING);
  expect(states.visibleCount).toBe(5_000);
  states.thinOut = thinOut;
  states.update(crowd, { ...NOTHING, selected: 4_000 });
  expect([states.visibleCount, states.shownCount]).toEqual([1, 5_000]);
  expect(states.states[3_999]).toBe(VISIBLE | SELECTED);
  states.update(crowd, { ...NOTHING, zoom: 8 });
  expect(states.visibleCount).toBe(5_000);
  states.update(crowd, { ...NOTHING, thins: false });
  expect(states.visibleCount).toBe(5_000);
});
