import { expect, test } from "vitest";
import { rowsWith } from "@/flights/testRows";
import { tableLines } from "./tableGroups";

const rows = rowsWith([
  { icao24: 0, callsign: "DLH1", aircraftType: "A320", country: "Germany" },
  { icao24: 1, callsign: "BAW1", aircraftType: "A320", country: "United Kingdom" },
  { icao24: 2, callsign: "DLH2", aircraftType: "B738" },
  { icao24: 3, callsign: "", aircraftType: "", country: "Germany" },
  { icao24: 4, callsign: "N1", aircraftType: "", country: "Germany" },
]);
const ORDER = Uint32Array.from([4, 3, 2, 1, 0]);
const all = () => true;

test("without groups the lines are the rows", () => {
  expect(tableLines(rows, ORDER, "none", all)).toBe(ORDER);
});

test("groups keep the order of their rows; the largest is first, that without a name last", () => {
  expect(Array.from(tableLines(rows, ORDER, "airline", all))).toEqual([
    { name: "DLH", count: 2, isOpen: true },
    2,
    0,
    { name: "BAW", count: 1, isOpen: true },
    1,
    { name: "", count: 2, isOpen: true },
    4,
    3,
  ]);
  const names = (grouping: "type" | "country") =>
    Array.from(
      tableLines(rows, ORDER, grouping, () => false),
      (line) => (typeof line === "number" ? line : line.name),
    );
  expect(names("type")).toEqual(["A320", "B738", ""]);
  expect(names("country")).toEqual(["Germany", "United Kingdom", ""]);
});

test("a closed group has its heading only", () => {
  const lines = Array.from(tableLines(rows, ORDER, "airline", (name) => name === "BAW"));
  expect(lines).toEqual([
    { name: "DLH", count: 2, isOpen: false },
    { name: "BAW", count: 1, isOpen: true },
    1,
    { name: "", count: 2, isOpen: false },
  ]);
});
