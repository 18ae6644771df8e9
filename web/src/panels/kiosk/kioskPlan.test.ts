import { expect, test } from "vitest";
import { rowsWith } from "@/flights/testRows";
import { busiestPlaces, followableRows, kioskPlan } from "./kioskPlan";

test("the address says what a kiosk shows", () => {
  expect(kioskPlan("?view=map")).toBeNull();
  expect(kioskPlan("?kiosk")).toEqual({ kind: "busiest" });
  expect(kioskPlan("?kiosk=follow")).toEqual({ kind: "follow" });
  expect(kioskPlan("?kiosk=52.3,4.8,7;99,0,5;nonsense;40.6,-73.8,8")).toEqual({
    kind: "places",
    places: [
      { latitudeDeg: 52.3, longitudeDeg: 4.8, zoom: 7 },
      { latitudeDeg: 40.6, longitudeDeg: -73.8, zoom: 8 },
    ],
  });
});

test("the busiest areas are not next to each other", () => {
  const rows = rowsWith([
    ...Array.from({ length: 5 }, (_, i) => ({ icao24: i, latitudeDeg: 51 + i, longitudeDeg: 1 })),
    ...Array.from({ length: 4 }, (_, i) => ({ icao24: 10 + i, latitudeDeg: 51, longitudeDeg: 11 })),
    ...Array.from({ length: 3 }, (_, i) => ({ icao24: 20 + i, latitudeDeg: 41, longitudeDeg: -74 })),
  ]);
  const places = busiestPlaces(rows, 3);
  expect(places.map(({ latitudeDeg, longitudeDeg }) => [latitudeDeg, longitudeDeg])).toEqual([
    [expect.closeTo(53, 6), expect.closeTo(1, 6)],
    [expect.closeTo(41, 6), expect.closeTo(-74, 6)],
  ]);
});

test("what stands or is on the ground is not followed", () => {
  const rows = rowsWith([{ icao24: 1, speedKt: 400 }, { icao24: 2, speedKt: 400, isOnGround: true }, { icao24: 3 }]);
  expect(followableRows(rows)).toEqual([0]);
});
