import { describe, expect, test } from "vitest";
import { type Filters, NO_FILTERS, rowTest } from "./filters";
import { filtersFromQuery, queryWithFilters } from "./filterUrl";
import { rowsWith } from "./testRows";

const rows = rowsWith([
  {
    icao24: 0x3c6444,
    callsign: "DLH400",
    registration: "D-AIBL",
    country: "Germany",
    status: "cruising",
    speedKt: 450,
  },
  {
    icao24: 0x400a12,
    callsign: "BAW12",
    registration: "G-XWBA",
    country: "United Kingdom",
    status: "climbing",
    speedKt: 250,
  },
  { icao24: 0x4ca7b1, callsign: "RYR9", registration: "EI-DCL", country: "Ireland", status: "landed" },
]);

function matches(change: Partial<Filters>): number[] {
  const test = rowTest({ ...NO_FILTERS, ...change }, rows);
  return [0, 1, 2].filter(test);
}

describe("filters", () => {
  test("no filter lets everything pass", () => expect(matches({})).toEqual([0, 1, 2]));
  test("countries are alternatives", () => expect(matches({ countries: ["Germany", "Ireland"] })).toEqual([0, 2]));
  test("a country that no aircraft has matches nothing", () =>
    expect(matches({ countries: ["Atlantis"] })).toEqual([]));
  test("statuses are alternatives", () => expect(matches({ statuses: ["climbing", "landed"] })).toEqual([1, 2]));
  test("bounds of speed are inclusive", () => expect(matches({ minSpeedKt: 250, maxSpeedKt: 450 })).toEqual([0, 1]));
  test("an unknown speed is outside of every range", () => expect(matches({ maxSpeedKt: 2000 })).toEqual([0, 1]));
  test("text finds callsigns, registrations and addresses in any case", () => {
    expect(matches({ text: "dlh" })).toEqual([0]);
    expect(matches({ text: "g-xw" })).toEqual([1]);
    expect(matches({ text: " 4CA7B1 " })).toEqual([2]);
  });
  test("all kinds must fit together", () => {
    expect(matches({ countries: ["Germany"], statuses: ["climbing"] })).toEqual([]);
    expect(matches({ countries: ["Germany"], minSpeedKt: 400, text: "400" })).toEqual([0]);
  });
});

describe("filters in the address", () => {
  const filters: Filters = {
    countries: ["Côte d'Ivoire", "Ireland"],
    statuses: ["cruising"],
    minSpeedKt: 100,
    maxSpeedKt: 500,
    text: "A&B",
  };

  test("come back as they were written", () => {
    expect(filtersFromQuery(queryWithFilters("", filters))).toEqual(filters);
  });
  test("leave other parameters alone", () => {
    expect(queryWithFilters("?renderer=canvas&q=old", NO_FILTERS)).toBe("?renderer=canvas");
  });
  test("vanish when nothing is filtered", () => expect(queryWithFilters("?status=landed", NO_FILTERS)).toBe(""));
  test("that make no sense are ignored", () => {
    expect(filtersFromQuery("?status=asleep&min_speed_kt=fast&max_speed_kt=-3&country=")).toEqual(NO_FILTERS);
  });
});
