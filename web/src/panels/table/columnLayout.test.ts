// Columns survive the way through the address and the storage, and a table never has none.
import { expect, test } from "vitest";
import {
  columnsFrom,
  columnsText,
  flexOf,
  moved,
  NARROWEST_PX,
  orderOf,
  toggled,
  WIDEST_PX,
  widthsFrom,
  widthsText,
} from "./columnLayout";
import { FIRST_COLUMNS, FLIGHT_COLUMNS, type FlightColumn, firstThatFit } from "./flightColumns";

test("shown columns are named in the address, in the order that was chosen", () => {
  expect(columnsFrom("speed,callsign,speed")).toEqual(["speed", "callsign"]);
  expect(columnsText(columnsFrom("speed,callsign"))).toBe("speed,callsign");
  expect(columnsText(null)).toBeNull();
  expect(orderOf(["speed", "callsign"]).slice(0, 4)).toEqual(["speed", "callsign", "aircraftType", "typeName"]);
  expect(orderOf(["speed"])).toHaveLength(FLIGHT_COLUMNS.length);
});

test("a text that names no column is none", () => {
  for (const text of [null, "", "engine,wingspan"]) expect(columnsFrom(text)).toBeNull();
  expect(columnsFrom("engine,track")).toEqual(["track"]);
});

test("the last column cannot be hidden", () => {
  expect(toggled(["callsign"], "callsign")).toEqual(["callsign"]);
  expect(toggled(["callsign"], "altitude")).toEqual(["callsign", "altitude"]);
  expect(toggled(["callsign", "altitude"], "callsign")).toEqual(["altitude"]);
});

test("columns move as far as there are places", () => {
  expect(moved(["callsign", "altitude", "speed"], "speed", -1)).toEqual(["callsign", "speed", "altitude"]);
  expect(moved(["callsign", "altitude", "speed"], "callsign", 9)).toEqual(["altitude", "speed", "callsign"]);
  expect(moved(["callsign", "altitude"], "callsign", -1)).toEqual(["callsign", "altitude"]);
  expect(moved(["callsign"], "speed", 1)).toEqual(["callsign"]);
});

test("widths are kept within their bounds; what is no width of a column is ignored", () => {
  expect(widthsFrom("callsign:5,route:5000,engine:90,speed:wide,track:")).toEqual({
    callsign: NARROWEST_PX,
    route: WIDEST_PX,
  });
  expect(widthsText(widthsFrom("route:120,callsign:94.4"))).toBe("callsign:94,route:120");
  for (const text of [null, "", "94,72,104"]) expect(widthsFrom(text)).toEqual({});
  expect(widthsText({})).toBeNull();
});

test("columns share the room until somebody sets a width", () => {
  const [first] = FLIGHT_COLUMNS as [FlightColumn];
  expect(flexOf(first, {})).toMatch(/^94 0 /);
  expect(flexOf(first, { callsign: 160 })).toBe("0 0 10rem");
  expect(flexOf(first, { route: 160 })).toBe(`0 0 ${94 / 16}rem`);
});

test("what is shown first exists, and a narrow page begins with what fits", () => {
  const names = new Set(FLIGHT_COLUMNS.map(({ name }) => name));
  for (const name of FIRST_COLUMNS) expect(names.has(name), name).toBe(true);
  expect(FIRST_COLUMNS.slice(0, firstThatFit(390))).toEqual(["callsign", "aircraftType", "altitude", "speed"]);
  expect(firstThatFit(820)).toBe(7);
  expect(firstThatFit(50)).toBe(2);
  expect(firstThatFit(5_000)).toBe(FIRST_COLUMNS.length);
});
