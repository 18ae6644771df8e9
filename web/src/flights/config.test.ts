import { expect, test } from "vitest";
import { apiUrl, gatewayUrl, parseConfig } from "./config";

const at = (href: string) => gatewayUrl(new URL(href));

test.each([
  ["https://map.example/", "wss://map.example/ws"],
  ["http://map.example:8080/?view=table#x", "ws://map.example:8080/ws"],
  ["https://map.example/maps/north/", "wss://map.example/maps/north/ws"],
  ["https://map.example/maps/north/?flight=3c6444", "wss://map.example/maps/north/ws"],
  ["https://map.example/maps/north/index.html", "wss://map.example/maps/north/ws"],
  ["https://map.example/?gateway=ws://elsewhere:1/ws", "ws://elsewhere:1/ws"],
  ["https://map.example/?gateway=http://elsewhere/ws", "wss://map.example/ws"],
])("the gateway of a page at %s", (page, socket) => expect(at(page)).toBe(socket));

test.each([
  ["wss://map.example/ws", "https://map.example/api/v1/flights/3c6444/track"],
  ["ws://map.example:1/maps/north/ws", "http://map.example:1/maps/north/api/v1/flights/3c6444/track"],
])("the API beside %s", (socket, url) => expect(apiUrl(socket, "flights/3c6444/track").href).toBe(url));

test("a tracker may name the place of its receiver", () => {
  const receiver = { latitude: 52.3, longitude: 4.8, name: "Roof" };
  expect(parseConfig({ receiver }).receiver).toEqual({ latitudeDeg: 52.3, longitudeDeg: 4.8, name: "Roof" });
  expect(parseConfig({ receiver: null }).receiver).toBeNull();
  expect(parseConfig({ receiver: { latitude: "52", longitude: 4.8 } }).receiver).toBeNull();
  expect(parseConfig({}).receiver).toBeNull();
});

test("a tracker may name a server of photos", () => {
  const url = "https://photos.example/{icao24}.jpg";
  expect(parseConfig({ photos: { url, page_url: "", attribution: "P" } }).photos).toEqual({
    url,
    pageUrl: "",
    attribution: "P",
  });
  expect(parseConfig({ photos: null }).photos).toBeNull();
  expect(parseConfig({}).photos).toBeNull();
});

test("a tracker may have further maps and overlays", () => {
  const europe = { name: "Europe", url: "/maps/europe.pmtiles", attribution: "E" };
  const airspaces = { name: "Airspaces", url: "/overlays/airspaces.kml" };
  const config = parseConfig({ base_maps: [europe], overlays: [airspaces] });
  expect(config.baseMaps).toEqual([europe]);
  expect(config.overlays).toEqual([{ ...airspaces, attribution: "" }]);
  expect(parseConfig({})).toMatchObject({ baseMaps: [], overlays: [] });
});

test("a tracker keeps no history only if its gateway says so", () => {
  expect(parseConfig({ has_history: false }).hasHistory).toBe(false);
  expect(parseConfig({ has_history: true }).hasHistory).toBe(true);
  expect(parseConfig({}).hasHistory).toBe(true);
});
