// Several selected aircraft: shift and click, the card's button; each has a ring, a trail and a row; kept in the address. The UTC
// clock. Kiosk mode: no controls, places in turn, following, and how to leave it. Both follow Back and
// Forward.
import { assert, withPage } from "./page.mjs";

const rows = (page) => page.getByRole("list", { name: "Further selected aircraft" }).getByRole("listitem");

/** An aircraft that is alone on the map, with its place on the page. */
const lonely = (page, others) =>
  page.evaluate((without) => {
    const box = document.querySelector(".leaflet-container").getBoundingClientRect();
    const places = window.__flights.shown().map((icao24) => ({ icao24, ...window.__flights.rowsFor(icao24) }));
    const inside = places.filter(({ x, y }) => x > 400 && x < box.width - 120 && y > 80 && y < box.height - 220);
    const near = ({ x, y }) => places.filter((other) => Math.hypot(other.x - x, other.y - y) < 40).length;
    const found = inside.find((place) => !without.includes(place.icao24) && near(place) === 1);
    return found === undefined ? null : { ...found, x: found.x + box.left, y: found.y + box.top };
  }, others);

await withPage({ path: "/?view=map&at=45,5,5" }, async (page) => {
  const first = await lonely(page, []);
  assert.ok(first !== null, "no aircraft is alone on the map");
  await page.keyboard.down("Shift");
  await page.mouse.click(first.x, first.y);
  await page.keyboard.up("Shift");
  await rows(page).first().waitFor();
  assert.equal(new URL(page.url()).searchParams.get("also"), first.icao24);
  assert.equal(new URL(page.url()).searchParams.get("flight"), null, "shift and click has opened a card");
  const second = await lonely(page, [first.icao24]);
  await page.mouse.click(second.x, second.y);
  const card = page.getByRole("region", { name: "Selected aircraft" });
  const keep = card.getByRole("button", { name: "Keep selected with others" });
  await keep.click();
  assert.equal(await keep.getAttribute("aria-pressed"), "true");
  assert.equal(await rows(page).count(), 2);
  await card.getByRole("button", { name: "Close" }).click();
  // Each has a trail, up to where it is now.
  await page.waitForFunction(() => document.querySelectorAll("path.trail").length >= 2);
  await page.reload();
  await rows(page).nth(1).waitFor();
  await rows(page).first().getByRole("button").first().click();
  await page.waitForFunction((icao24) => new URLSearchParams(location.search).get("flight") === icao24, first.icao24);
  await card.waitFor();
  await rows(page).first().getByRole("button", { name: /^Remove / }).click();
  await rows(page).nth(1).waitFor({ state: "detached" });

  // Back leads to the view before the selection, with both; Forward to the view after it, with one of them.
  await page.goBack();
  await rows(page).nth(1).waitFor();
  await page.goForward();
  await rows(page).nth(1).waitFor({ state: "detached" });
  assert.equal(await rows(page).count(), 1);

  await page.keyboard.press(",");
  await page.getByRole("switch", { name: "UTC clock on the map" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  const shown = await page.getByTestId("utc").innerText();
  assert.match(shown, /^\d\d:\d\d:\d\d UTC$/);
  const offS = await page.evaluate((text) => {
    const [hours, minutes, seconds] = text.split(/[: ]/).map(Number);
    return Math.abs((Date.now() / 1000 - (hours * 60 + minutes) * 60 - seconds) % 86_400);
  }, shown);
  assert.ok(offS < 20 || offS > 86_380, `the clock is ${offS} s off`);
});

// Rows have callsigns on a map of the world, too, where names of few aircraft are loaded.
await withPage({ path: "/?view=map&at=20,0,2" }, async (page) => {
  const addresses = await page.evaluate(async () => {
    const { flights } = await (await fetch("/api/v1/flights?where=airborne&limit=200")).json();
    return flights.filter(({ callsign }) => callsign).map(({ icao24, callsign }) => ({ icao24, callsign })).slice(0, 2);
  });
  assert.equal(addresses.length, 2, "nobody flies");
  await page.goto(new URL(`/?view=map&at=20,0,2&also=${addresses.map(({ icao24 }) => icao24)}`, page.url()).href);
  for (const { callsign } of addresses) await rows(page).filter({ hasText: callsign }).waitFor();
});

await withPage({ path: "/?kiosk=50,8,6;40,-74,7" }, async (page) => {
  const kiosk = page.getByRole("region", { name: "Kiosk mode" });
  await kiosk.getByTestId("utc").waitFor();
  for (const hidden of ["header", ".panel", ".leaflet-control-zoom", ".map-buttons"]) {
    assert.equal(await page.locator(hidden).first().isVisible(), false, `${hidden} is shown in kiosk mode`);
  }
  const at = (text) => page.waitForFunction((part) => new URLSearchParams(location.search).get("at")?.startsWith(part), text);
  await at("50.000,8.000,6");
  await at("40.000,-74.000,7");
  await page.keyboard.press("Escape");
  await page.locator("header").waitFor();
  assert.equal(new URL(page.url()).searchParams.has("kiosk"), false);
  assert.equal(await kiosk.count(), 0);
});

await withPage({ path: "/?view=map&at=45,5,5" }, async (page) => {
  const kiosk = page.getByRole("region", { name: "Kiosk mode" });
  await page.evaluate(() => {
    history.pushState(null, "", "?view=map&kiosk=50,8,6");
    history.pushState(null, "", "?view=map&at=45,5,5");
  });
  await page.goBack();
  await kiosk.waitFor();
  await page.locator("header").waitFor({ state: "hidden" });
  await page.goForward();
  await page.locator("header").waitFor();
  await kiosk.waitFor({ state: "detached" });
});

await withPage({ path: "/?kiosk=follow" }, async (page) => {
  await page.getByRole("region", { name: "Selected aircraft" }).waitFor();
  await page.waitForFunction(() => new URLSearchParams(location.search).get("follow") === "on");
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Leave kiosk mode" }).press("Enter");
  await page.locator("header").waitFor();
});
