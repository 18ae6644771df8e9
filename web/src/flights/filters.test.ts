import { describe, expect, test } from "vitest";
import { countFilters, type Filters, limitedText, MOST_TERMS, NO_FILTERS, termsOf } from "./filters";
import { filtersFromQuery, queryWithFilters } from "./filterUrl";
import { rowTest } from "./rowTest";
import { rowsWith } from "./testRows";

const rows = rowsWith([
  {
    icao24: 0x3c6444,
    callsign: "DLH400",
    registration: "D-AIBL",
    country: "Germany",
    status: "cruising",
    speedKt: 450,
    altitudeFt: 36_000,
    aircraftType: "A388",
  },
  {
    icao24: 0x400a12,
    callsign: "BAW12",
    registration: "G-XWBA",
    country: "United Kingdom",
    status: "climbing",
    speedKt: 250,
    altitudeFt: 9_000,
    aircraftType: "A35",
  },
  {
    icao24: 0x4ca7b1,
    callsign: "RYR9",
    registration: "EI-DCL",
    country: "Ireland",
    status: "landed",
    isOnGround: true,
  },
]);

function matches(change: Partial<Filters>): number[] {
  const test = rowTest({ ...NO_FILTERS, ...change }, rows);
  return [0, 1, 2].filter(test);
}

describe("filters", () => {
  test("without a filter everything matches", () => expect(matches({})).toEqual([0, 1, 2]));
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
  test("commas separate alternatives, spaces inside a callsign are ignored", () => {
    expect(matches({ text: "dlh 400, ryr" })).toEqual([0, 2]);
    expect(matches({ text: "dlh ryr" })).toEqual([]);
  });
  test("pattern characters are literal", () => expect(matches({ text: ".*" })).toEqual([]));
  test("bounds of altitude are inclusive, an unknown altitude is outside", () => {
    expect(matches({ minAltitudeFt: 9_000 })).toEqual([0, 1]);
    expect(matches({ maxAltitudeFt: 9_000 })).toEqual([1]);
  });
  test("types must be equal, a common prefix is not enough", () => {
    expect(matches({ types: ["A388"] })).toEqual([0]);
    expect(matches({ types: ["A35", "B744"] })).toEqual([1]);
  });
  test("where distinguishes ground and air", () => {
    expect(matches({ where: "ground" })).toEqual([2]);
    expect(matches({ where: "airborne" })).toEqual([0, 1]);
  });
  test("kinds, with those of a newer gateway as unknown", () => {
    const kinds = rowsWith([
      { icao24: 1, category: "rotorcraft", addressType: "mlat" },
      { icao24: 2, category: "rotorcraft", addressType: "adsb_icao" },
      { icao24: 3 },
    ]);
    kinds.kinds.set([200, 200], 4);
    const passing = (filters: Partial<Filters>) => [0, 1, 2].filter(rowTest({ ...NO_FILTERS, ...filters }, kinds));
    expect(passing({ categories: ["rotorcraft"] })).toEqual([0, 1]);
    expect(passing({ categories: ["rotorcraft", "unknown"], addressTypes: ["mlat", "unknown"] })).toEqual([0, 2]);
    expect(passing({ categories: ["obstacle"] })).toEqual([]);
    expect(countFilters({ ...NO_FILTERS, categories: ["glider"], addressTypes: ["mlat"] })).toBe(2);
  });
  test("without emergencies, emergenciesOnly matches nothing", () =>
    expect(matches({ emergenciesOnly: true })).toEqual([]));
  test("all filters must match", () => {
    expect(matches({ countries: ["Germany"], statuses: ["climbing"] })).toEqual([]);
    expect(matches({ countries: ["Germany"], minSpeedKt: 400, text: "400" })).toEqual([0]);
  });
});

describe("filters in the address", () => {
  const filters: Filters = {
    countries: ["Côte d'Ivoire", "Ireland"],
    operators: ["Air & Sea"],
    types: ["A388", "B744"],
    airports: ["EGLL"],
    routes: ["EGLL-KJFK"],
    categories: ["rotorcraft", "service_vehicle"],
    addressTypes: ["mlat"],
    statuses: ["cruising"],
    where: "airborne",
    emergenciesOnly: true,
    minSpeedKt: 100,
    maxSpeedKt: 500,
    minAltitudeFt: -500,
    maxAltitudeFt: 41_000,
    text: "A&B",
  };

  test("survive writing and reading", () => {
    expect(filtersFromQuery(queryWithFilters("", filters))).toEqual(filters);
  });
  test("leave other parameters alone", () => {
    expect(queryWithFilters("?renderer=canvas&q=old", NO_FILTERS)).toBe("?renderer=canvas");
  });
  test("are removed when nothing is filtered", () => expect(queryWithFilters("?status=landed", NO_FILTERS)).toBe(""));
  test("that are invalid are ignored", () => {
    expect(
      filtersFromQuery(
        "?status=asleep&category=jumbo&address_type=guess&min_speed_kt=fast&max_speed_kt=-3&country=&where=sea&emergencies=1",
      ),
    ).toEqual(NO_FILTERS);
  });
});

describe("a file pasted into the search", () => {
  const pasted = Array.from({ length: 10_000 }, (_, i) => `DLH${i}`).join("\n");

  test("is truncated to the most search terms, and the page learns how many there were", () => {
    const { text, given } = limitedText(pasted);
    expect(given).toBe(10_000);
    expect(termsOf(text).length).toBe(MOST_TERMS);
    expect(queryWithFilters("", { ...NO_FILTERS, text }).length).toBeLessThan(4_000);
  });
  test("still finds the remaining terms", () => {
    expect(matches({ text: `${Array.from({ length: 99 }, (_, i) => `XYZ${i}`).join("\n")}\nDLH400` })).toEqual([0]);
  });
  test("one very long line is truncated, too", () => {
    expect(limitedText("A".repeat(1_000_000)).text.length).toBeLessThan(100);
  });
  test("in the address is truncated when it is read", () => {
    const query = `?q=${encodeURIComponent(pasted)}`;
    expect(termsOf(filtersFromQuery(query).text).length).toBe(MOST_TERMS);
  });
});
