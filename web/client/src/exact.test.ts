// Reports of single aircraft become the columns of a frame.
import { expect, test } from "vitest";
import { COLUMN, NULL_VALUE, ON_GROUND_BIT, STATUSES } from "./columns.ts";
import { exactReports } from "./exact.ts";
import { parseGatewayMessage } from "./gatewayMessages.ts";

const REPORT = {
  icao24: "4ca7b3",
  latitude_deg: 53.42,
  longitude_deg: -6.27,
  baro_altitude_m: 1_524,
  geo_altitude_m: 1_546.86,
  ground_speed_mps: 92.6,
  track_deg: 279.5,
  vertical_rate_mps: -3.9,
  on_ground: true,
  squawk: "7421",
  status: "descending",
  position_time_ms: 1_750_000_000_123,
  last_contact_ms: 1_750_000_001_123,
};

test("a report has the columns of a frame", () => {
  const message = parseGatewayMessage(JSON.stringify({ type: "exact", flights: [REPORT] }));
  const [report] = exactReports(message?.type === "exact" ? message.flights : null);
  expect(report).toMatchObject({ icao24: 0x4ca7b3, positionTimeMs: 1_750_000_000_123 });
  const column = (name: keyof typeof COLUMN) => report?.columns[COLUMN[name]];
  expect([column("latitude"), column("longitude")]).toEqual([5_342_000, -627_000]);
  expect([column("baroAltitude"), column("geoOffset")]).toEqual([200, 3]);
  expect([column("groundSpeed"), column("track"), column("verticalRate")]).toEqual([180, 2_795, -12]);
  expect([column("squawk"), column("positionAge"), column("contactLead")]).toEqual([0o7421, 0, 10]);
  expect(column("status")).toBe(STATUSES.indexOf("descending") | ON_GROUND_BIT);
});

test("a row has the same columns", () => {
  const status = STATUSES.indexOf("descending") | ON_GROUND_BIT;
  const row = [0x4ca7b3, 1_750_000_000_123, 5_342_000, -627_000, 200, 180, 2_795, -12, 10, 3, 0o7421, status];
  expect(exactReports([row])).toEqual(exactReports([REPORT]));
  const [unknown] = exactReports([[...row.slice(0, 10), NULL_VALUE, 0]]);
  expect(unknown?.columns[COLUMN.squawk]).toBe(NULL_VALUE);
  const broken = [
    [],
    row.slice(1),
    [...row, 1],
    ["4ca7b3", ...row.slice(1)],
    [2 ** 24, ...row.slice(1)],
    [-1, ...row.slice(1)],
  ];
  expect(exactReports(broken)).toEqual([]);
  expect(exactReports([row.with(4, Number.NaN), row.map(() => null)])).toEqual([]);
});

test("what is unknown stays unknown, and what is no report is left out", () => {
  const unknown = { ...REPORT, baro_altitude_m: null, geo_altitude_m: null, squawk: "", status: "of a newer gateway" };
  const [report] = exactReports([unknown]);
  expect(report?.columns[COLUMN.baroAltitude]).toBe(NULL_VALUE);
  expect(report?.columns[COLUMN.squawk]).toBe(NULL_VALUE);
  expect(report?.columns[COLUMN.status]).toBe(ON_GROUND_BIT);
  const broken = [null, 7, { ...REPORT, icao24: "4CA7B3" }, { ...REPORT, latitude_deg: null }, { icao24: "4ca7b3" }];
  expect(exactReports(broken)).toEqual([]);
  expect(exactReports("no list")).toEqual([]);
});
