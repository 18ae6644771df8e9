// Two browsers, each on a gateway of its own, show the same picture: before one of the gateways is killed, while it is
// away and its browser is on the other, and after it came back. test_browsers.py kills and starts the gateway.
import { createInterface } from "node:readline";
import { assert, PICTURES, withPage } from "../browser/page.mjs";

const LIVE_MS = 60_000;
/** Of the whole world, each page knows places within half a pixel at zoom 4. */
const FAR_M = 2 * 0.5 * 9_784;
const EARTH_M_PER_DEG = 111_320;

const lines = createInterface({ input: process.stdin });
const answers = lines[Symbol.asyncIterator]();
async function ask(what) {
  console.log(`please ${what}`);
  await answers.next();
}

/** Where every aircraft is drawn now. */
function places(page) {
  return page.evaluate(() =>
    Object.fromEntries(
      window.__flights.shown().map((icao24) => {
        const { latitudeDeg, longitudeDeg } = window.__flights.rowsFor(icao24);
        return [icao24, [latitudeDeg, longitudeDeg]];
      }),
    ),
  );
}

function distanceM([latitudeDeg, longitudeDeg], [otherLatitudeDeg, otherLongitudeDeg]) {
  const north = latitudeDeg - otherLatitudeDeg;
  const turn = ((longitudeDeg - otherLongitudeDeg + 540) % 360) - 180;
  return Math.hypot(north, turn * Math.cos((latitudeDeg * Math.PI) / 180)) * EARTH_M_PER_DEG;
}

async function isLive(page) {
  await page.waitForFunction(
    () => window.__flights.connection().phase === "live" && !window.__flights.connection().isStale,
    null,
    { timeout: LIVE_MS },
  );
}

async function showTheSame(one, other, when) {
  await Promise.all([isLive(one), isLive(other)]);
  // The world has a tick each 5 s; what is late by one is caught up by the next.
  await one.waitForTimeout(6_000);
  const [here, there] = await Promise.all([places(one), places(other)]);
  assert.deepEqual(Object.keys(here).sort(), Object.keys(there).sort(), `${when}: not the same aircraft`);
  const apart = Object.keys(here).map((icao24) => distanceM(here[icao24], there[icao24]));
  const farthest = Math.max(...apart);
  console.log(`${when}: ${apart.length} aircraft in both, at most ${farthest.toFixed(0)} m apart`);
  assert.ok(farthest < FAR_M, `${when}: an aircraft is ${farthest.toFixed(0)} m apart`);
  await Promise.all([
    one.screenshot({ path: `${PICTURES}/${when}-one.png` }),
    other.screenshot({ path: `${PICTURES}/${when}-other.png` }),
  ]);
}

/** Resolves when a page opens a connection again. */
function connectsAgain(page) {
  return page.waitForEvent("websocket", { timeout: LIVE_MS });
}

// Drawn once a second: without a GPU, two browsers that animate leave no processor to the gateways.
const calm = { viewport: { width: 960, height: 640 }, reducedMotion: "reduce", fewest: Number(process.env.AIRCRAFT) };
await withPage({ ...calm, path: process.env.ONE_URL }, (one) =>
  withPage({ ...calm, path: process.env.OTHER_URL }, async (other) => {
    await showTheSame(one, other, "before");
    let lost = 0;
    other.on("websocket", () => {
      lost++;
    });
    const again = connectsAgain(one);
    await ask("kill");
    await again;
    await showTheSame(one, other, "killed");
    await ask("start");
    await showTheSame(one, other, "back");
    assert.equal(lost, 0, "the browser on the other gateway had to connect again");
  }),
);
lines.close();
