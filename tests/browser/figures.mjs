// What the page costs the main thread and the worker. The bounds are those of the design with room for a busy machine;
// the figures are printed.
import { assert, withPage } from "./page.mjs";

const WATCH_MS = 8_000;

await withPage({}, async (page) => {
  await page.mouse.move(500, 400);
  await page.mouse.wheel(0, -120);
  await page.waitForTimeout(WATCH_MS);
  const { frames, decodes } = await page.evaluate(() => ({
    frames: window.__flights.frameTimes(),
    decodes: window.__flights.decodeTimes(),
  }));
  const sorted = frames.toSorted((a, b) => a - b);
  const median = sorted[sorted.length >> 1];
  const keys = decodes.filter(({ kind }) => kind === "key");
  const sum = (name) => keys.reduce((total, key) => total + key[name], 0);
  console.log(
    `${frames.length} frames, script ${median.toFixed(2)} ms in the median; ${keys.length} key frames of ` +
      `${sum("aircraft")} aircraft, ${sum("milliseconds").toFixed(1)} ms to decode, ${sum("placingMilliseconds").toFixed(1)} ms to place`,
  );
  assert.ok(median <= 2, `script takes ${median.toFixed(2)} ms per animation frame`);
});
