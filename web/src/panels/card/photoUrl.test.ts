import { expect, test } from "vitest";
import { photoUrl } from "./photoUrl";

test.each([
  ["https://p.example/{icao24}.jpg", "https://p.example/3c6444.jpg"],
  ["https://p.example/?of={registration}&as={icao24}", "https://p.example/?of=D-A%2FB%26C&as=3c6444"],
  ["http://p.example/{icao24}.jpg", null],
  ["javascript:alert('{icao24}')", null],
  ["", null],
])("the photo of %s", (template, url) => expect(photoUrl(template, "3c6444", "D-A/B&C")).toBe(url));

test("without a registration a photo by registration has no URL", () => {
  expect(photoUrl("https://p.example/{registration}.jpg", "3c6444", "")).toBeNull();
  expect(photoUrl("https://p.example/{icao24}.jpg", "3c6444", "")).toBe("https://p.example/3c6444.jpg");
});
