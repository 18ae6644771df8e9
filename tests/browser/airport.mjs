// An airport: by a click on the map, by the search and by its address; its boards, its runways, and only its flights.
import { assert, count, search, withPage } from "./page.mjs";

const panel = (page) => page.getByRole("region", { name: "London Heathrow Airport" });
const inked = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll(".airport-tiles canvas")].reduce((total, tile) => {
      const { data } = tile.getContext("2d").getImageData(0, 0, tile.width, tile.height);
      let pixels = 0;
      for (let i = 3; i < data.length; i += 4) if (data[i] > 128) pixels++;
      return total + pixels;
    }, 0),
  );
const flightsOf = (page, query) =>
  page.evaluate(async (wanted) => (await (await fetch(`/api/v1/flights?${wanted}&limit=5000`)).json()).flights, query);

await withPage({ path: "/?at=51.47,-0.46,13" }, async (page) => {
  // Two runways of 3.7 km and 50 m: more ink than the dot and the name of an airport.
  await page.waitForFunction(() => document.querySelectorAll(".airport-tiles canvas").length > 0);
  for (let tries = 0; tries < 40 && (await inked(page)) < 4_000; tries++) await page.waitForTimeout(250);
  assert.ok((await inked(page)) > 4_000, `the runways have ${await inked(page)} pixels`);

  // A click on the runway opens the airport.
  const map = await page.locator(".leaflet-container").boundingBox();
  await page.mouse.click(map.x + map.width / 2 + 40, map.y + map.height / 2 - 8);
  await panel(page).waitFor();
  assert.equal(new URL(page.url()).searchParams.get("board"), "EGLL");
  await panel(page).getByText("LHR / EGLL · London, United Kingdom · 83\u00a0ft").waitFor();
  const runways = panel(page).getByRole("region", { name: "Runways" });
  await runways.getByRole("row", { name: /^09L\/27R/ }).waitFor();
  assert.equal(await runways.getByRole("row").count(), 3);

  // The board agrees with the gateway.
  const inbound = (await flightsOf(page, "airport=EGLL&where=airborne")).filter(({ destination }) => destination === "EGLL");
  assert.ok(inbound.length > 0, "nobody flies to Heathrow");
  const arrivals = panel(page).getByRole("table").first();
  const rows = (await arrivals.getByRole("row").count()) - 1;
  assert.ok(Math.abs(rows - inbound.length) <= 2, `${rows} arrivals on the board, ${inbound.length} in the gateway`);
  const times = (await arrivals.getByRole("row").allTextContents()).slice(1).map((text) => text.slice(0, 5));
  assert.ok(times.some((time) => /^\d\d:\d\d$/.test(time)), `the estimated times are ${times}`);
  await panel(page).getByText("Departures", { exact: true }).click();
  await panel(page).getByRole("columnheader", { name: "To" }).waitFor();

  // Only its flights: in the address, on the map, and back.
  const { total } = await count(page);
  await panel(page).getByRole("switch", { name: "Only this airport’s flights" }).click();
  await page.waitForFunction((all) => window.__flights.count().shown < all / 5, total);
  assert.equal(new URL(page.url()).searchParams.get("airport"), "EGLL");
  const { shown } = await count(page);
  assert.ok(Math.abs(shown - (await flightsOf(page, "airport=EGLL")).length) <= 2, `${shown} flights of the airport are shown`);
  await page.getByRole("button", { name: "Remove filter: LHR" }).click();
  await page.waitForFunction((all) => window.__flights.count().shown > 0.9 * all, total);

  // A flight of the board is selected by keyboard.
  await panel(page).getByText("Arrivals", { exact: true }).click();
  const first = arrivals.getByRole("button").first();
  const callsign = await first.textContent();
  await first.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Selected aircraft" }).getByText(callsign).first().waitFor();
  await page.keyboard.press("Escape");

  // The link shows the same; closing it leaves no tab.
  await page.reload();
  await panel(page).waitFor();
  await panel(page).getByRole("button", { name: "Close" }).click();
  await page.getByRole("tab", { name: "Airport" }).waitFor({ state: "detached" });
  assert.equal(new URL(page.url()).searchParams.get("board"), null);

  // A route of the address.
  const [{ origin, destination }] = inbound;
  await page.goto(new URL(`/?route=${origin}-${destination}`, page.url()).href);
  // People read IATA codes, or the ICAO code of an airport without one.
  await page.getByRole("button", { name: /^Remove filter: [A-Z0-9]{3,4} → LHR$/ }).waitFor();
});

await withPage({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }, async (page) => {
  const field = await search(page, "JFK");
  await page.getByRole("option", { name: /^John F Kennedy/ }).waitFor();
  await field.press("Enter");
  const kennedy = page.getByRole("region", { name: /^John F Kennedy/ });
  await kennedy.waitFor();
  await page.waitForFunction(() => Number(new URLSearchParams(location.search).get("at")?.split(",")[2]) >= 11);
  const wide = await kennedy.evaluate((element) => element.scrollWidth - element.clientWidth);
  assert.ok(wide <= 0, `the panel is ${wide} px wider than the phone`);
});
