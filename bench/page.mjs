// What the page costs: the key frames of several joins, script per animation frame, time to the first picture. Prints one
// line of JSON. `bench/page.py` runs it against a gateway with 20,000 aircraft.
import { withPage } from "../tests/browser/page.mjs";

/** Each in a fresh browser, so that nothing is compiled or cached yet. */
const JOINS = 7;
const WATCH_MS = 15_000;
// A small window: without a GPU, drawing takes the processors that the worker needs.
const WINDOW = { viewport: { width: 800, height: 600 } };

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** The key frames of all shards that came with one join, as one figure. */
async function join(page) {
  const firstPictureMs = await page.evaluate(() => performance.now());
  const keys = (await page.evaluate(() => window.__flights.decodeTimes())).filter(({ kind }) => kind === "key");
  const sum = (name) => keys.reduce((total, key) => total + key[name], 0);
  return {
    key_aircraft: sum("aircraft"),
    key_inflate_ms: sum("inflatingMilliseconds"),
    key_decode_ms: sum("milliseconds"),
    key_place_ms: sum("placingMilliseconds"),
    first_picture_ms: firstPictureMs,
  };
}

const joins = [];
let watched = {};
for (let i = 0; i < JOINS; i++) {
  await withPage(WINDOW, async (page) => {
    joins.push(await join(page));
    if (i < JOINS - 1) return;
    await page.mouse.move(500, 400);
    await page.mouse.wheel(0, -120);
    await page.waitForTimeout(WATCH_MS);
    const frames = await page.evaluate(() => window.__flights.frameTimes());
    const deltas = (await page.evaluate(() => window.__flights.decodeTimes())).filter(({ kind }) => kind === "delta");
    watched = {
      frames: frames.length,
      script_ms_median: median(frames),
      script_ms_p99: frames.toSorted((a, b) => a - b)[Math.floor(frames.length * 0.99)],
      delta_decode_ms_median: median(deltas.map(({ milliseconds }) => milliseconds)),
    };
  });
}
const figures = { joins: joins.length, ...watched };
for (const name of Object.keys(joins[0])) {
  const values = joins.map((one) => one[name]);
  figures[`${name}_median`] = median(values);
  figures[`${name}_min`] = Math.min(...values);
}
console.log(JSON.stringify(figures));
