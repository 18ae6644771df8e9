// What the page costs: script per animation frame, key-frame decode cold and warm, time to the first picture. Prints one
// line of JSON. `bench/page.py` runs it against a gateway with 20,000 aircraft.
import { gateway, withPage } from "../tests/browser/page.mjs";

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

await withPage({}, async (page) => {
  const firstPictureMs = await page.evaluate(() => performance.now());
  await page.mouse.move(500, 400);
  await page.mouse.wheel(0, -120);
  await page.waitForTimeout(WATCH_MS);
  const cold = keyFrames(await page.evaluate(() => window.__flights.decodeTimes()));
  const frames = await page.evaluate(() => window.__flights.frameTimes());
  const deltas = (await page.evaluate(() => window.__flights.decodeTimes())).filter(({ kind }) => kind === "delta");

  const known = await page.evaluate(() => window.__flights.decodeTimes().length);
  await gateway("kill");
  await gateway("start");
  await page.waitForFunction(
    ([from, aircraft]) =>
      window.__flights.decodeTimes().length > from + 12 && window.__flights.count().total >= aircraft,
    [known, cold.aircraft],
    { timeout: 90_000 },
  );
  const after = await page.evaluate((from) => window.__flights.decodeTimes().slice(from), known);
  const warm = keyFrames(after);
  console.log(
    JSON.stringify({
      frames: frames.length,
      script_ms_median: median(frames),
      script_ms_p99: frames.toSorted((a, b) => a - b)[Math.floor(frames.length * 0.99)],
      delta_decode_ms_median: median(deltas.map(({ milliseconds }) => milliseconds)),
      key_aircraft: cold.aircraft,
      key_decode_ms_cold: cold.decodeMs,
      key_aircraft_warm: warm.aircraft,
      // The first key frames after a start may lack aircraft that follow in the next tick.
      key_decode_ms_warm: (warm.decodeMs * cold.aircraft) / warm.aircraft,
      key_place_ms_warm: (warm.placeMs * cold.aircraft) / warm.aircraft,
      first_picture_ms: firstPictureMs,
    }),
  );
});
