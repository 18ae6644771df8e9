// What the page costs: script per animation frame, key-frame decode at the join, time to the first picture. Prints one
// line of JSON. `bench/page.py` runs it against a gateway with 20,000 aircraft.
import { withPage } from "../tests/browser/page.mjs";

const WATCH_MS = 15_000;

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** The key frames of all shards that came with one join, as one figure. */
function keyFrames(decodes) {
  const keys = decodes.filter(({ kind }) => kind === "key");
  const sum = (name) => keys.reduce((total, key) => total + key[name], 0);
  return { aircraft: sum("aircraft"), decodeMs: sum("milliseconds"), placeMs: sum("placingMilliseconds") };
}

// A small window: without a GPU, drawing takes the processors that the worker needs.
await withPage({ viewport: { width: 800, height: 600 } }, async (page) => {
  const firstPictureMs = await page.evaluate(() => performance.now());
  await page.mouse.move(500, 400);
  await page.mouse.wheel(0, -120);
  await page.waitForTimeout(WATCH_MS);
  const keys = keyFrames(await page.evaluate(() => window.__flights.decodeTimes()));
  const frames = await page.evaluate(() => window.__flights.frameTimes());
  const deltas = (await page.evaluate(() => window.__flights.decodeTimes())).filter(({ kind }) => kind === "delta");

  console.log(
    JSON.stringify({
      frames: frames.length,
      script_ms_median: median(frames),
      script_ms_p99: frames.toSorted((a, b) => a - b)[Math.floor(frames.length * 0.99)],
      delta_decode_ms_median: median(deltas.map(({ milliseconds }) => milliseconds)),
      key_aircraft: keys.aircraft,
      key_decode_ms: keys.decodeMs,
      key_place_ms: keys.placeMs,
      first_picture_ms: firstPictureMs,
    }),
  );
});
