import { expect, test } from "vitest";
import { rowsWith } from "@/flights/testRows";
import { rowNamed } from "./namedFlight";

test("a flight is found by address, callsign and registration, an address first", () => {
  const rows = rowsWith([
    { icao24: 0x4ca7b3, callsign: "BAW123", registration: "G-XWBA" },
    { icao24: 0x3c6444, callsign: "BEE123" },
    { icao24: 0xfee123, callsign: "FEE456" },
    { icao24: 0x000001, callsign: "FEE123" },
  ]);
  for (const name of ["4ca7b3", "baw123", "BAW 123", "g-xwba", "GXWBA"]) expect(rowNamed(rows, name)).toBe(0);
  expect(rowNamed(rows, "BEE123")).toBe(1);
  expect(rowNamed(rows, "FEE123")).toBe(2);
  for (const name of ["BAW12", "123", "-", ""]) expect(rowNamed(rows, name)).toBe(-1);
});
