// While the map is panned and zoomed, every aircraft stays drawn, none jumps, and soon each is exactly where it was reported.
import { assert, withPage } from "./page.mjs";
import { differences, quantile } from "./truth.mjs";

/** When the tiles in view have come and corrections are blended in. */
const SETTLED_MS = 3_000;
const MOST_PX_P90 = 0.5;
/** Aircraft that the gateway has heard for the first time since the last tick of the world. */
const MOST_NEW = 3;
/**
 * Until a tile has come, an aircraft that was out of view is shown as the whole world is: at zoom 8 up to 8 pixels away. It then
 * glides; in one step it would move those at once.
 */
const MOST_PX_IN_100_MS = 4;

/** Watch the drawn places until the page's `settled`: the largest movement over ground, pixels in 100 ms. */
const largestStep = (page) =>
  page.evaluate(async () => {
    const before = new Map();
    let most = 0;
    for (window.settled = false; !window.settled; ) {
      await new Promise(requestAnimationFrame);
      const nowMs = performance.now();
      const zoom = Number(new URLSearchParams(location.search).get("at").split(",")[2]);
      const degreePx = (256 * 2 ** zoom) / 360;
      for (const icao24 of window.__flights.shown()) {
        const { x, y, latitudeDeg, longitudeDeg } = window.__flights.rowsFor(icao24);
        if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) continue;
        const last = before.get(icao24);
        before.set(icao24, { latitudeDeg, longitudeDeg, nowMs });
        if (last === undefined || nowMs - last.nowMs > 300) continue;
        const north = (latitudeDeg - last.latitudeDeg) / Math.cos((latitudeDeg * Math.PI) / 180);
        const step = Math.hypot(north, longitudeDeg - last.longitudeDeg) * degreePx;
        most = Math.max(most, (100 * step) / Math.max(100, nowMs - last.nowMs));
      }
    }
    return most;
  });

const pan = async (page, x, y) => {
  await page.mouse.move(720, 450);
  await page.mouse.down();
  for (let i = 1; i <= 8; i++) {
    await page.mouse.move(720 + (x * i) / 8, 450 + (y * i) / 8);
    await page.waitForTimeout(30);
  }
  // The map glides on when it is let go in motion.
  await page.waitForTimeout(200);
  await page.mouse.up();
};
const zoom = async (page, steps) => {
  for (let i = 0; i < Math.abs(steps); i++) {
    await page.getByRole("button", { name: steps > 0 ? "Zoom in" : "Zoom out" }).click();
    await page.waitForTimeout(400);
  }
};
const MOVES = [
  ["pan to the east", (page) => pan(page, -600, 0)],
  ["zoom in", (page) => zoom(page, 3)],
  ["pan to the west", (page) => pan(page, 600, 100)],
  ["pan far", async (page) => [await pan(page, 700, 300), await pan(page, 700, 300), await pan(page, 700, 300)]],
  ["zoom out", (page) => zoom(page, -4)],
];

await withPage({ path: "/?view=map&at=50,10,5", fewest: 1 }, async (page) => {
  await page.waitForTimeout(SETTLED_MS);
  for (const [name, move] of MOVES) {
    const watched = largestStep(page);
    await move(page);
    const { missing } = await differences(page);
    await page.waitForTimeout(SETTLED_MS);
    await page.evaluate(() => {
      window.settled = true;
    });
    const step = await watched;
    const { found } = await differences(page);
    found.sort((a, b) => a - b);
    const p90 = quantile(found, 0.9);
    console.log(`${name}: ${found.length} places, ${p90?.toFixed(3)} px p90, at most ${step.toFixed(2)} px in 100 ms`);
    assert.ok(missing.length <= MOST_NEW, `${name}: not drawn: ${missing}`);
    assert.ok(step < MOST_PX_IN_100_MS, `${name}: an aircraft jumped ${step.toFixed(1)} pixels`);
    assert.ok(found.length === 0 || p90 < MOST_PX_P90, `${name}: one in ten aircraft is ${p90} pixels away`);
  }
});
