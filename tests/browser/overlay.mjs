// The page draws aircraft where the source says they are: at four zooms, its places are compared with the reports of the
// gateway, flown on to the same moment. Between the two is nothing that a person could see.
import { assert, PICTURES, withPage } from "./page.mjs";
import { differences, quantile } from "./truth.mjs";

/** Zoom, and where: a city and an airport have few aircraft in view. */
const VIEWS = [
  ["world", 3, "30,5"],
  ["Europe", 5, "50,10"],
  ["city", 9, "50.03,8.57"],
  ["airport", 12, "50.03,8.57"],
];
const SAMPLES = 4;
const SAMPLE_MS = 1_500;
/** Half a pixel of suppression, half a unit of rounding, and what a new report moves while it is blended in. */
const MOST_PX_P90 = 0.5;
const MOST_PX = 1.5;
/** Aircraft that the gateway has heard for the first time since the last tick of the world. */
const MOST_NEW = 3;

for (const [name, zoom, place] of VIEWS) {
  await withPage({ path: `/?view=map&at=${place},${zoom}`, fewest: 1 }, async (page) => {
    // Until the tiles in view have come and are blended in.
    await page.waitForTimeout(3_000);
    const all = [];
    for (let i = 0; i < SAMPLES; i++) {
      const { found, missing } = await differences(page);
      all.push(...found);
      assert.ok(missing.length <= MOST_NEW, `${name}: not drawn: ${missing}`);
      await page.waitForTimeout(SAMPLE_MS);
    }
    all.sort((a, b) => a - b);
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/overlay-${name}.png` });
    const [median, p90, p99, most] = [0.5, 0.9, 0.99, 1].map((share) => quantile(all, share)?.toFixed(3));
    console.log(`${name}: ${all.length} places, ${median} px median, ${p90} p90, ${p99} p99, ${most} most`);
    assert.ok(all.length > 0, `no aircraft in the view of the ${name}`);
    assert.ok(p90 < MOST_PX_P90, `${name}: one in ten aircraft is ${p90} pixels away`);
    assert.ok(most < MOST_PX, `${name}: an aircraft is ${most} pixels away`);
  });
}
