import { COLUMN, COLUMN_COUNT, TEXT_BYTES } from "@flighttracker/client";
import { describe, expect, test } from "vitest";
import type { FlightsClient } from "@/flights/client";
import { rowsWith } from "@/flights/testRows";
import { loadLaterTexts } from "@/texts/later";
import { sentenceOf } from "./alertWords";
import {
  EMERGENCY_RULE,
  type FenceTerms,
  FIRST_TERMS,
  fits,
  MOST_RULES,
  parseRules,
  type Rule,
  ruleTest,
  whyInvalid,
} from "./rules";
import { type AlertEvent, AlertWatch, MOST_EVENTS } from "./watch";

function rule(kind: Rule["kind"], value = "", area: Rule["area"] = null): Rule {
  return { id: `${kind}-${value}`, kind, isOn: true, value, area };
}

const rows = rowsWith([
  {
    icao24: 0x3c6444,
    callsign: "DLH400",
    registration: "D-AIBL",
    aircraftType: "A388",
    latitudeDeg: 50,
    longitudeDeg: 8,
  },
  { icao24: 0x400a12, callsign: "BAW12", status: "emergency", latitudeDeg: -10, longitudeDeg: 179.5 },
  { icao24: 0x4ca7b1, latitudeDeg: 51, longitudeDeg: -179.9 },
]);
rows.dynamic[2 * COLUMN_COUNT + COLUMN.squawk] = 0o7600;

const english = await loadLaterTexts("en");
const fitting = (wanted: Rule) => [0, 1, 2].filter(ruleTest(wanted, rows));

describe("a rule", () => {
  test("finds emergencies by squawk and by status", () => expect(fitting(EMERGENCY_RULE)).toEqual([1, 2]));
  test("finds names in any case, with stars for anything", () => {
    expect(fitting(rule("text", "dlh*"))).toEqual([0]);
    expect(fitting(rule("text", "*12"))).toEqual([1]);
    expect(fitting(rule("text", "d-aibl"))).toEqual([0]);
    expect(fitting(rule("text", "A388"))).toEqual([0]);
    expect(fitting(rule("text", "4CA7B1"))).toEqual([2]);
    expect(fitting(rule("text", "DLH"))).toEqual([]);
  });
  test("finds a squawk", () => expect(fitting(rule("squawk", "7600"))).toEqual([2]));
  test("finds an area, also one over the 180th meridian", () => {
    expect(fitting(rule("area", "home", { west: 5, east: 15, south: 45, north: 55 }))).toEqual([0]);
    expect(fitting(rule("area", "date line", { west: 170, east: -170, south: -60, north: 60 }))).toEqual([1, 2]);
  });
  test("finds only what keeps the limits of a fence", () => {
    const everywhere = { west: -180, east: 180, south: -90, north: 90 };
    const fence = (terms: Partial<FenceTerms>) =>
      fitting({ ...rule("area", "x", everywhere), terms: { ...FIRST_TERMS, ...terms } });
    const some = rowsWith([
      { icao24: 1, altitudeFt: 30_000, speedKt: 450, aircraftType: "A388" },
      { icao24: 2, altitudeFt: 3_000, speedKt: 120, aircraftType: "C172" },
      { icao24: 3, isOnGround: true, aircraftType: "A320" },
      { icao24: 4 },
    ]);
    const found = (terms: Partial<FenceTerms>) =>
      [0, 1, 2, 3].filter(ruleTest({ ...rule("area", "x", everywhere), terms: { ...FIRST_TERMS, ...terms } }, some));
    expect(fence({})).toEqual([0, 1, 2]);
    expect(found({ highestFt: 5_000 })).toEqual([1, 2]);
    expect(found({ lowestFt: 1_000 })).toEqual([0, 1]);
    expect(found({ slowestKt: 200 })).toEqual([0]);
    expect(found({ fastestKt: 200 })).toEqual([1]);
    expect(found({ types: "a3*, c17?" })).toEqual([0, 2]);
    expect(found({ types: "a3* c172", highestFt: 10_000 })).toEqual([1, 2]);
  });
  test("finds drawn areas", () => {
    const corners = [
      { latitudeDeg: 45, longitudeDeg: 0 },
      { latitudeDeg: 55, longitudeDeg: 0 },
      { latitudeDeg: 50, longitudeDeg: 10 },
    ];
    expect(fitting(rule("area", "triangle", { corners }))).toEqual([0]);
    const centre = { latitudeDeg: -10, longitudeDeg: -179.5 };
    expect(fitting(rule("area", "circle", { centre, radiusM: 200_000 }))).toEqual([1]);
  });
  test("says what is wrong with it", () => {
    expect(whyInvalid("text", "**a", null)).toBe("badText");
    expect(whyInvalid("squawk", "7780", null)).toBe("badSquawk");
    expect(whyInvalid("area", "", { west: 0, east: 1, south: 0, north: 1 })).toBe("badArea");
    expect(whyInvalid("squawk", "7000", null)).toBeNull();
  });
  test("of a thousand stars ends soon", () => {
    const text = new TextEncoder().encode("AAAAAAAA");
    expect(fits(text, 0, 8, new TextEncoder().encode(`${"*A".repeat(500)}B`))).toBe(false);
  });
});

describe("rules that the browser kept", () => {
  test("come back", () => {
    const drawn = { centre: { latitudeDeg: 1, longitudeDeg: 2 }, radiusM: 3 };
    const terms: FenceTerms = { ...FIRST_TERMS, on: "both", hasSound: true, lowestFt: 100, types: "A3*" };
    const rules = [
      { ...rule("area", "drawn", drawn), terms },
      EMERGENCY_RULE,
      rule("text", "DLH*"),
      rule("area", "x", { west: 0, south: 0, east: 1, north: 1 }),
    ].toSorted((a, b) => Number(b.kind === "emergency") - Number(a.kind === "emergency"));
    expect(parseRules(JSON.stringify(rules))).toEqual(rules);
  });
  test("that are damaged are left out, and emergencies stay", () => {
    expect(parseRules("{")).toEqual([EMERGENCY_RULE]);
    expect(
      parseRules('[1, null, {"kind": "text"}, {"id": "a", "kind": "squawk", "isOn": true, "value": "99"}]'),
    ).toEqual([EMERGENCY_RULE]);
  });
  test("are never more than the page looks at", () => {
    const many = Array.from({ length: 1000 }, (_, i) => rule("text", `AB${i}`));
    expect(parseRules(JSON.stringify(many)).length).toBe(MOST_RULES);
  });
});

describe("the watch", () => {
  const watching = (rules: Rule[]) => {
    const told: AlertEvent[] = [];
    const client = { live: rows, subscribe: () => () => {} } as unknown as FlightsClient;
    const watch = new AlertWatch(client, (events) => told.push(...events));
    watch.setRules(rules);
    return { watch, told };
  };

  test("tells of an aircraft once while it fits, and again after it did not for a minute", () => {
    const { watch, told } = watching([rule("text", "DLH*")]);
    watch.look(1_000);
    watch.look(2_000);
    expect(told.map(({ callsign }) => callsign)).toEqual(["DLH400"]);
    rows.present[0] = 0;
    watch.look(70_000);
    rows.present[0] = 1;
    watch.look(71_000);
    expect(told.length).toBe(2);
  });
  test("is silent about what fitted names and squawks when the page began, whenever their names come", () => {
    const some = rowsWith([
      { icao24: 1, callsign: "DLH1" },
      { icao24: 2, squawk: "7000" },
      { icao24: 3 },
      { icao24: 4, callsign: "BAW4", status: "emergency", squawk: "7700" },
    ]);
    const told: AlertEvent[] = [];
    const client = { live: some, subscribe: () => () => {} } as unknown as FlightsClient;
    const watch = new AlertWatch(client, (events) => told.push(...events));
    const names = () => told.map(({ callsign }) => callsign);
    watch.begin([EMERGENCY_RULE, rule("text", "DLH*"), rule("squawk", "7000")]);
    watch.look(1_000);
    expect(names()).toEqual(["BAW4"]);
    const callsign = (row: number, text: string) =>
      some.text.set(Buffer.from(text.padEnd(8, "\0"), "ascii"), row * TEXT_BYTES);
    callsign(1, "XYZ2");
    callsign(2, "DLH3");
    watch.look(2_000);
    expect(names()).toEqual(["BAW4"]);
    // Then everything is news: another flight of an aircraft that has had its names, another squawk, another rule.
    callsign(1, "DLH2");
    some.dynamic[3 * COLUMN_COUNT + COLUMN.squawk] = 0o7000;
    watch.look(3_000);
    expect(names().sort()).toEqual(["BAW4", "BAW4", "DLH2"]);
    watch.setRules([rule("text", "BAW*"), rule("text", "DLH*")]);
    watch.look(4_000);
    expect(names().slice(3)).toEqual(["BAW4"]);
    // A rule that is turned off and on begins again.
    watch.setRules([{ ...rule("text", "DLH*"), isOn: false }]);
    watch.setRules([rule("text", "DLH*")]);
    watch.look(5_000);
    expect(names().slice(4).sort()).toEqual(["DLH1", "DLH2", "DLH3"]);
  });
  test("tells of an aircraft that enters an area, not of those inside when the rule begins", () => {
    const { watch, told } = watching([rule("area", "home", { west: 5, east: 15, south: 45, north: 55 })]);
    rows.present[0] = 1;
    watch.look(1_000);
    expect(told).toEqual([]);
    rows.present[0] = 0;
    watch.look(70_000);
    rows.present[0] = 1;
    watch.look(71_000);
    expect(told.map(({ callsign }) => callsign)).toEqual(["DLH400"]);
  });
  test("tells of an aircraft that leaves, not of one without a signal", () => {
    const box = { west: 5, east: 15, south: 45, north: 55 };
    const { watch, told } = watching([{ ...rule("area", "home", box), terms: { ...FIRST_TERMS, on: "leave" } }]);
    const at = COLUMN.latitude;
    const before = rows.dynamic[at] as number;
    rows.present[0] = 1;
    watch.look(1_000);
    rows.dynamic[at] = 0;
    watch.look(6_000);
    expect(told).toEqual([]);
    watch.look(12_000);
    watch.look(90_000);
    expect(told.map(({ callsign, hasLeft }) => [callsign, hasLeft])).toEqual([["DLH400", true]]);
    expect(sentenceOf(told[0] as AlertEvent, english)).toBe("DLH400 has left the area “home”");
    rows.dynamic[at] = before;
    watch.look(100_000);
    rows.present[0] = 0;
    watch.look(200_000);
    rows.present[0] = 1;
    expect(told.length).toBe(1);
  });
  test("tells nothing of rules that are off", () => {
    const { watch, told } = watching([{ ...EMERGENCY_RULE, isOn: false }]);
    watch.look(1_000);
    expect(told).toEqual([]);
  });
  test("keeps a bounded list and says when it dropped some", () => {
    const { watch } = watching([EMERGENCY_RULE]);
    for (let minute = 0; minute < 300; minute++) {
      rows.present.fill(minute % 2);
      watch.look(minute * 64_000);
      watch.look(minute * 64_000 + 3_000);
    }
    rows.present.fill(1);
    expect(watch.getAlerts().events.length).toBe(MOST_EVENTS);
    expect(watch.getAlerts().hasDropped).toBe(true);
  });
  test("names what a squawk means", () => {
    const { watch, told } = watching([EMERGENCY_RULE]);
    // Callsigns and squawks come after positions, if they come.
    watch.look(1_000);
    watch.look(3_999);
    expect(told).toEqual([]);
    watch.look(4_000);
    expect(told.map((event) => sentenceOf(event, english)).sort()).toEqual([
      "4ca7b1: radio failure (7600)",
      "BAW12: declares an emergency",
    ]);
  });
});
