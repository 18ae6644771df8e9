// Columns survive the way through the address and the storage, and a table never has none.
import { expect, test } from "vitest";
import {
  columnsFrom,
  columnsText,
  FIRST_LAYOUT,
  flexOf,
  NARROWEST_PX,
  resized,
  toggled,
  WIDEST_PX,
  type Widths,
  widthRem,
  widthsFrom,
  widthsText,
} from "./columnLayout";
import { FLIGHT_COLUMNS, type FlightColumn } from "./flightColumns";

const names = (columns: readonly FlightColumn[]) => columns.map(({ name }) => name);
const WIDTHS = Object.fromEntries(FLIGHT_COLUMNS.map(({ name, widthPx }) => [name, widthPx])) as Widths;

test("shown columns are named in the address, in the table's order", () => {
  expect(names(columnsFrom("speed,callsign"))).toEqual(["callsign", "speed"]);
  expect(columnsText(columnsFrom("speed,callsign"))).toBe("callsign,speed");
  expect(columnsText(FLIGHT_COLUMNS)).toBeNull();
});

test("a text that names no column shows all", () => {
  for (const text of [null, "", "engine,wingspan"]) expect(columnsFrom(text)).toBe(FLIGHT_COLUMNS);
  expect(names(columnsFrom("engine,track"))).toEqual(["track"]);
});

test("the last column cannot be hidden", () => {
  const one = columnsFrom("callsign");
  expect(toggled(one, "callsign")).toBe(one);
  expect(names(toggled(one, "altitude"))).toEqual(["callsign", "altitude"]);
  expect(names(toggled(toggled(one, "altitude"), "callsign"))).toEqual(["altitude"]);
});

test("widths are kept within their bounds, and refused where they do not fit the columns", () => {
  const widths = resized(resized(WIDTHS, "callsign", 5), "route", 5_000);
  expect([widths.callsign, widths.route]).toEqual([NARROWEST_PX, WIDEST_PX]);
  expect(widthsFrom(widthsText(widths))).toEqual(widths);
  for (const text of [null, "", "1,2,3", FLIGHT_COLUMNS.map(() => "wide").join()]) expect(widthsFrom(text)).toBeNull();
});

test("columns share the room until somebody sets a width", () => {
  const [first] = FLIGHT_COLUMNS as [FlightColumn];
  expect(flexOf(first, null)).toMatch(/^94 0 /);
  expect(flexOf(first, WIDTHS)).toMatch(/^0 0 /);
  expect(widthRem({ shown: [first], widths: null })).toBe(94 / 16);
  expect(widthRem({ ...FIRST_LAYOUT, widths: { ...WIDTHS, callsign: 110 } })).toBe(widthRem(FIRST_LAYOUT) + 1);
});
