import { expect, test } from "vitest";
import { coordinatesOf } from "./coordinates";

test.each([
  ["48.35, 11.78", 48.35, 11.78],
  ["48.35 11.78", 48.35, 11.78],
  ["-33.9,151.2", -33.9, 151.2],
  ["−33.9; 151.2", -33.9, 151.2],
  ["33.9S 151.2E", -33.9, 151.2],
  ["N48 21 E11 47.1", 48.35, 11.785],
  ["48°21'00\"N 11°47'06\"E", 48.35, 11.785],
  ["51.4706 N, 0.4619 W", 51.4706, -0.4619],
])("%s", (text, latitudeDeg, longitudeDeg) => {
  const place = coordinatesOf(text);
  expect(place?.latitudeDeg).toBeCloseTo(latitudeDeg, 6);
  expect(place?.longitudeDeg).toBeCloseTo(longitudeDeg, 6);
});

test.each(["", "A388", "48", "7700 7600", "91.0, 5.0", "5.0, 181.0", "N48 61 E11 1", "E11.5 N48.5", "1,2,3"])(
  "%s is no place",
  (text) => expect(coordinatesOf(text)).toBeNull(),
);
