// No text of the map lies on another: names of cities and countries, codes of airports, labels of the graticule, of range rings, of
// the receiver and of the ends of a route.
import { assert, withPage } from "./page.mjs";

/** The texts that lie on each other, once all have come: those that the map draws, and labels in elements. */
const collisions = () => {
  const corner = document.querySelector(".leaflet-container").getBoundingClientRect();
  const drawn = window.__flights.texts().map((box) => ({ ...box, name: "a drawn text" }));
  const labels = [...document.querySelectorAll(".map-label, .route-end, .graticule-label span")].map((label) => {
    const { left, top, right, bottom } = label.getBoundingClientRect();
    const [x, y] = [corner.left, corner.top];
    return { left: left - x, top: top - y, right: right - x, bottom: bottom - y, name: label.textContent };
  });
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  const at = ({ name, left, top }) => `${name} at ${Math.round(left)}, ${Math.round(top)}`;
  const pairs = drawn.flatMap((one, i) => drawn.slice(i + 1).filter((other) => over(one, other)).map((other) => `${at(one)} on ${at(other)}`));
  return [...pairs, ...labels.flatMap((label) => drawn.filter((text) => over(label, text)).map((text) => `${at(label)} on ${at(text)}`))];
};
/** Names, codes and labels come one after the other, and the later ones make room. */
const settled = async (page, fewest) => {
  await page.waitForFunction((least) => (window.__flights?.texts().length ?? 0) >= least, fewest);
  let before = "";
  for (let round = 0; round < 20; round++) {
    const texts = await page.evaluate(() => JSON.stringify(window.__flights.texts().map(({ left }) => Math.round(left))));
    if (texts === before) return;
    before = texts;
    await page.waitForTimeout(700);
  }
  assert.fail("the texts of the map keep moving");
};

await withPage({ path: "/?view=map&at=50.03,8.57,7&graticule=on" }, async (page) => {
  for (const [at, fewest] of [["50.03,8.57,5", 20], ["50.03,8.57,6", 20], ["51.47,-0.46,7", 15], ["50.03,8.57,8", 8], ["50.03,8.57,10", 2], ["50.03,8.57,13", 8]]) {
    await page.goto(new URL(`/?view=map&at=${at}&graticule=on`, page.url()).href);
    await settled(page, fewest);
    await page.locator(".graticule-label").first().waitFor({ state: "attached" });
    if (at.startsWith("50.03")) await page.locator(".map-label", { hasText: "Roof" }).waitFor({ state: "attached" });
    // Labels of lines follow within a moment.
    await page.waitForTimeout(500);
    assert.deepEqual(await page.evaluate(collisions), [], `at ${at}`);
  }
});

await withPage({ path: "/?view=map" }, async (page) => {
  const flights = await page.evaluate(async () => {
    const { flights: all } = await (await fetch("/api/v1/flights?status=cruising&limit=2000")).json();
    const isNear = ({ latitude_deg, longitude_deg }) => latitude_deg > 40 && latitude_deg < 58 && longitude_deg > -5 && longitude_deg < 20;
    return all.filter((one) => isNear(one) && one.origin && one.destination).slice(0, 3);
  });
  assert.ok(flights.length > 0, "nobody cruises over Europe");
  for (const { icao24 } of flights) {
    await page.goto(new URL(`/?view=map&at=49,8,5&rings=off&flight=${icao24}`, page.url()).href);
    await settled(page, 15);
    await page.waitForFunction(() => document.querySelector(".route-ahead")?.getAttribute("d")?.includes("L"));
    // The ends are drawn every two seconds.
    await page.waitForTimeout(2_500);
    assert.deepEqual(await page.evaluate(collisions), [], `the route of ${icao24}`);
  }
});
