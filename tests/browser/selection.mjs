// A link to a flight shows it, also by its name; Back closes its card, a link without a place gets one, following is calm at
// low zoom.
import { assert, withPage } from "./page.mjs";

const card = (page) => page.getByRole("region", { name: "Selected aircraft" });
const flightInAddress = (page) => page.evaluate(() => new URLSearchParams(location.search).get("flight"));

await withPage({ permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
  const [first, second] = await page.evaluate(() => window.__flights.shown().slice(0, 2));
  const rows = page.locator("[role=row][data-icao24]");
  await rows.first().click();
  await card(page).waitFor();
  const selected = await flightInAddress(page);
  await rows.nth(2).click();
  await page.waitForFunction((before) => new URLSearchParams(location.search).get("flight") !== before, selected);
  await page.goBack();
  await page.waitForFunction((before) => new URLSearchParams(location.search).get("flight") === before, selected);
  await page.goBack();
  await card(page).waitFor({ state: "detached" });
  await page.waitForFunction(() => (window.__flights?.count().shown ?? 0) > 100);

  // A link that names only the flight: the aircraft is beside its card, and the shared link has a place.
  for (const icao24 of [first, second]) {
    await page.goto(new URL(`/?view=map&flight=${icao24}`, page.url()).href);
    await card(page).waitFor();
    const isBeside = (address) => {
      const place = window.__flights?.rowsFor(address);
      const { right } = document.querySelector(".detail-card").getBoundingClientRect();
      return place != null && place.x > right && place.x < innerWidth - 60 && place.y > 0 && place.y < innerHeight - 60;
    };
    await page.waitForFunction(isBeside, icao24);
  }
  await page.keyboard.press("l");
  await page.getByText("Link copied.", { exact: true }).waitFor();
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  assert.match(link.searchParams.get("at") ?? "none", /^-?[\d.]+,-?[\d.]+,[\d.]+$/);

  // By callsign and by registration, in any case; Back leads nowhere between.
  const named = await page.evaluate(
    async () => (await (await fetch("/api/v1/flights?where=airborne&limit=1")).json()).flights[0],
  );
  for (const name of [named.callsign.toLowerCase(), named.registration.replace("-", "")]) {
    await page.goto(new URL(`/?view=map&flight=${name}`, page.url()).href);
    await card(page).getByRole("heading", { name: named.callsign }).waitFor();
    assert.equal(await flightInAddress(page), named.icao24);
  }
  await page.goto(new URL("/?view=map&flight=NOSUCH99", page.url()).href);
  await page.getByTestId("hint").filter({ hasText: "No flight NOSUCH99 is tracked now." }).waitFor();
  await page.goto(new URL("/?view=map&flight=00dead", page.url()).href);
  await card(page).getByText("No aircraft with the address 00dead is tracked now.").waitFor();

  // In the far north at low zoom the map cannot centre it: it stays calm.
  const north = await page.evaluate(async () => {
    const { flights } = await (await fetch("/api/v1/flights?bbox=-180,45,180,85&status=cruising&limit=500")).json();
    return flights.reduce((a, b) => (a.latitude_deg > b.latitude_deg ? a : b)).icao24;
  });
  await page.goto(new URL(`/?view=map&at=50,10,2&flight=${north}&follow=on`, page.url()).href);
  await page.waitForFunction((address) => window.__flights?.rowsFor(address) != null, north);
  await page.waitForTimeout(1_500);
  const jumpPx = await page.evaluate(async (address) => {
    let before = window.__flights.rowsFor(address);
    let most = 0;
    for (let i = 0; i < 100; i++) {
      await new Promise(requestAnimationFrame);
      const now = window.__flights.rowsFor(address);
      most = Math.max(most, Math.hypot(now.x - before.x, now.y - before.y));
      before = now;
    }
    return most;
  }, north);
  assert.ok(jumpPx < 4, `the aircraft that is followed jumps by ${jumpPx.toFixed(1)} px`);
});
