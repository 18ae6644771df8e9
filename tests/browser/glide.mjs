// Aircraft move continuously, never jump at a new position, and point in their direction.
import { assert, withPage } from "./page.mjs";

const SAMPLES = 80;
const SAMPLE_MS = 100;
/** A correction is a quarter of a pixel at this zoom: blended in over a second, not shown in one step. */
const LARGEST_STEP_PX = 0.12;
const LARGEST_TURN_DEG = 20;

const metresBetween = (a, b) => {
  const northM = (b.latitudeDeg - a.latitudeDeg) * 111_195;
  const eastM = (b.longitudeDeg - a.longitudeDeg) * 111_195 * Math.cos((a.latitudeDeg * Math.PI) / 180);
  return { northM, eastM, metres: Math.hypot(northM, eastM) };
};

await withPage({}, async (page) => {
  const tracks = await page.evaluate(
    async ([samples, sampleMs]) => {
      const addresses = window.__flights.shown().slice(0, 400);
      const found = new Map(addresses.map((icao24) => [icao24, []]));
      for (let i = 0; i < samples; i++) {
        for (const [icao24, track] of found) {
          const place = window.__flights.rowsFor(icao24);
          if (place !== null) track.push({ ...place, atMs: performance.now() });
        }
        await new Promise((resolve) => setTimeout(resolve, sampleMs));
      }
      return [...found.values()];
    },
    [SAMPLES, SAMPLE_MS],
  );
  const flying = tracks.filter((track) => metresBetween(track[0], track.at(-1)).metres > 500);
  assert.ok(flying.length > 50, `only ${flying.length} of ${tracks.length} aircraft moved 500 m`);

  let largestPx = 0;
  let alongTrack = 0;
  for (const track of flying) {
    for (let i = 1; i < track.length; i++) {
      const samples = Math.max(SAMPLE_MS, track[i].atMs - track[i - 1].atMs) / SAMPLE_MS;
      const step = Math.hypot(track[i].x - track[i - 1].x, track[i].y - track[i - 1].y);
      largestPx = Math.max(largestPx, step / samples);
    }
    const middle = Math.floor(track.length / 2);
    const { northM, eastM } = metresBetween(track[middle - 10], track[middle + 10]);
    const motionDeg = (Math.atan2(eastM, northM) * 180) / Math.PI;
    const awayDeg = Math.abs(((motionDeg - track[middle].headingDeg + 540) % 360) - 180);
    if (awayDeg < LARGEST_TURN_DEG) alongTrack++;
  }
  console.log(`${flying.length} aircraft, largest step ${largestPx.toFixed(3)} px, ${alongTrack} point along their track`);
  assert.ok(largestPx < LARGEST_STEP_PX, `an aircraft jumped ${largestPx.toFixed(2)} pixels in ${SAMPLE_MS} ms`);
  assert.ok(alongTrack > 0.9 * flying.length, `only ${alongTrack} of ${flying.length} point along their track`);
});
