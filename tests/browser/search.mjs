// The search goes to flights, airports, airlines, types, countries, places and coordinates, and runs commands; it filters
// only when that is chosen. By keyboard, by mouse, and on a phone.
import { assert, count, filterByText, search, withPage } from "./page.mjs";

const at = (page) => (new URL(page.url()).searchParams.get("at") ?? "").split(",").map(Number);
const isAt = (page, latitude, longitude, zoom) =>
  page.waitForFunction(
    ([wantedLatitude, wantedLongitude, wantedZoom]) => {
      const place = (new URLSearchParams(location.search).get("at") ?? "").split(",").map(Number);
      return Math.abs(place[0] - wantedLatitude) < 0.5 && Math.abs(place[1] - wantedLongitude) < 0.5 && place[2] >= wantedZoom;
    },
    [latitude, longitude, zoom],
  );
const enter = async (page, text) => {
  const field = await search(page, text);
  await page.getByRole("listbox").getByRole("option").first().waitFor();
  await field.press("Enter");
  await page.getByRole("dialog", { name: "Search" }).waitFor({ state: "detached" });
};
/** A flight of an airline with both codes, from the gateway. */
const flightOf = (page, airline) =>
  page.evaluate(async (code) => {
    const { flights } = await (await fetch(`/api/v1/flights?q=${code}&where=airborne&limit=500`)).json();
    return flights.find(({ callsign }) => new RegExp(`^${code}[1-9][0-9]{0,3}$`).test(callsign));
  }, airline);

await withPage({}, async (page) => {
  const { total } = await count(page);
  await page.keyboard.press("/");
  const field = page.getByRole("combobox", { name: /^Flight, registration/ });
  await field.waitFor();
  assert.ok((await page.getByRole("group", { name: "Commands" }).getByRole("option").count()) > 5, "no commands");
  await page.keyboard.press("Escape");
  await field.waitFor({ state: "detached" });
  assert.match(await page.evaluate(() => document.activeElement?.tagName ?? ""), /BODY|BUTTON/);

  for (const [text, latitude, longitude, zoom] of [
    ["LHR", 51.47, -0.46, 10],
    ["LSZH", 47.46, 8.55, 10],
    ["heathrow", 51.47, -0.46, 10],
    ["tokyo", 35.69, 139.75, 9],
    ["-33.9, 151.2", -33.9, 151.2, 9],
  ]) {
    await enter(page, text);
    await isAt(page, latitude, longitude, zoom);
  }
  await enter(page, "Portugal");
  await page.waitForFunction(() => Number(new URLSearchParams(location.search).get("at")?.split(",")[2]) < 9);
  assert.ok(Math.abs(at(page)[0] - 39.5) < 2, `Portugal is not at ${at(page)}`);
  const { shown } = await count(page);
  assert.ok(shown > 0.9 * total, "a search filtered the map");

  // A ticket's flight number selects the flight of the callsign.
  const flight = await flightOf(page, "BAW");
  assert.ok(flight, "nobody flies for British Airways");
  await enter(page, `ba ${flight.callsign.slice(3)}`);
  await page.getByRole("region", { name: "Selected aircraft" }).getByText(flight.callsign, { exact: true }).first().waitFor();
  await page.keyboard.press("Escape");

  // Arrow keys: one option is active, the ends meet, and the screen reader hears which.
  await search(page, "luft");
  await page.getByRole("group", { name: "Airlines" }).waitFor();
  const active = () => page.evaluate(() => document.getElementById(document.activeElement.getAttribute("aria-activedescendant"))?.textContent);
  const firstActive = await active();
  assert.match(firstActive, /Lufthansa/);
  await page.keyboard.press("ArrowDown");
  assert.notEqual(await active(), firstActive);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  assert.match(await active(), /^Only aircraft with/);
  assert.equal(await page.locator('[role=option][aria-selected="true"]').count(), 1);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForFunction((all) => window.__flights.count().shown < all / 3, total);
  await page.getByRole("button", { name: /^Remove filter/ }).first().waitFor();
  const callsigns = await page.evaluate(async () => {
    const wanted = new URLSearchParams(location.search).get("q");
    const { flights } = await (await fetch(`/api/v1/flights?q=${wanted}&limit=500`)).json();
    return flights.map(({ callsign }) => callsign);
  });
  assert.ok(callsigns.length > 0 && callsigns.every((callsign) => callsign.startsWith("DLH")), `the airline's flights are ${callsigns}`);
  await page.getByRole("button", { name: "Clear all" }).click();

  // A type is exact, not a part of an address.
  await enter(page, "a388");
  await page.waitForFunction(() => new URLSearchParams(location.search).get("type") === "A388");
  await page.getByRole("button", { name: "Remove filter: A388" }).click();

  // A command, by mouse.
  await search(page, "dark or light");
  await page.getByRole("option", { name: /^Dark or light theme/ }).click();
  await page.waitForFunction(() => document.documentElement.dataset.theme === "light");

  // The table has no map: going to a place makes room for it.
  await page.keyboard.press("3");
  await enter(page, "CDG");
  await page.locator(".leaflet-container").waitFor();
  await isAt(page, 49.01, 2.55, 10);
  await filterByText(page, "no such callsign");
  await page.getByText("No aircraft match the filters.").waitFor();
});

await withPage({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale: "de-DE" }, async (page) => {
  await page.getByRole("button", { name: /^Suche/ }).tap();
  await page.getByRole("combobox", { name: /^Flug, Kennzeichen/ }).fill("Österreich");
  const box = await page.getByRole("dialog", { name: "Suche" }).boundingBox();
  assert.ok(box.x >= 0 && box.x + box.width <= 390 && box.y + box.height <= 844, "the search leaves the screen");
  await page.getByRole("option", { name: "Österreich", exact: true }).tap();
  await page.waitForFunction(() => Math.abs(Number(new URLSearchParams(location.search).get("at")?.split(",")[0]) - 47.7) < 2);
});
