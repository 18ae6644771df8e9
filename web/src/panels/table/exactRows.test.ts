// Rows for a file have the newest reports, over several pages of the answer; the page's own rows stay.
import { afterEach, expect, test, vi } from "vitest";
import { rowsWith } from "@/flights/testRows";
import { exactRows } from "./exactRows";

const ACCESS = { url: "ws://gateway:1/base/ws", token: "a.b.c" };
const report = (icao24: string, latitude_deg: number) => ({
  icao24,
  latitude_deg,
  longitude_deg: 8.12345,
  baro_altitude_m: 3_048,
  position_time_ms: 4_000,
});

afterEach(() => vi.unstubAllGlobals());

test("every page of the answer is read", async () => {
  const rows = rowsWith([
    { icao24: 0x3c6444, callsign: "DLH1", latitudeDeg: 50 },
    { icao24: 0x400a12, latitudeDeg: 51 },
    { icao24: 0x4ca7b1, latitudeDeg: 52 },
  ]);
  const answers = [
    { flights: [report("3c6444", 50.01234), report("abcdef", 1)], next_cursor: "more" },
    { flights: [report("400a12", 51.02345)], next_cursor: null },
  ];
  const asked: URL[] = [];
  vi.stubGlobal("fetch", async (url: URL, { headers }: RequestInit) => {
    asked.push(new URL(url));
    expect(headers).toEqual({ Authorization: "Bearer a.b.c" });
    return Response.json(answers.shift());
  });
  const exact = await exactRows(rows, ACCESS);
  expect(asked.map(({ pathname }) => pathname)).toEqual(["/base/api/v1/flights", "/base/api/v1/flights"]);
  expect(asked.map(({ searchParams }) => searchParams.get("cursor"))).toEqual([null, "more"]);
  expect([0, 1, 2].map((row) => exact.latitudeDeg(row).toFixed(5))).toEqual(["50.01234", "51.02345", "52.00000"]);
  expect([exact.altitudeFt(0), exact.textOf(0, "callsign")]).toEqual([10_000, "DLH1"]);
  expect(exact.positionTimeMs(0) - rows.referenceMs).toBeCloseTo(4_000 - rows.referenceMs, 0);
  expect(rows.latitudeDeg(0)).toBeCloseTo(50, 9);
});

test("without an answer there are no exact rows", async () => {
  vi.stubGlobal("fetch", async () => Response.json({}, { status: 503 }));
  await expect(exactRows(rowsWith([{ icao24: 1 }]), ACCESS)).rejects.toThrow("503");
});
