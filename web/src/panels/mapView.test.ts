import { expect, test } from "vitest";
import { DEFAULT_CONFIG } from "@/flights/config";
import { placeText, withPlace } from "./mapView";

test("the place of the map comes back from the address", () => {
  expect(withPlace(DEFAULT_CONFIG, `?at=${placeText(50.1, -8.25, 7)}`).defaultView).toEqual([50.1, -8.25, 7]);
});

test("a place that is none is ignored", () => {
  for (const place of ["", "a,b,c", "91,0,5", "10,200,5", "10,20,99", "10,20"]) {
    expect(withPlace(DEFAULT_CONFIG, `?at=${place}`)).toBe(DEFAULT_CONFIG);
  }
});
