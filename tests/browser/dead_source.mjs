// The only receiver died: the page says that all positions are stale, and which source is the reason.
import { assert, withPage } from "./page.mjs";

const LATE_MS = 90_000;

await withPage({ fewest: 5 }, async (page) => {
  const banner = page.getByTestId("banner");
  await banner.getByText(/^All positions are stale/).waitFor({ timeout: LATE_MS });
  const problem = page.getByTestId("sourceProblems");
  await problem.waitFor({ timeout: LATE_MS });
  assert.match(await problem.innerText(), /readsb/);
  const [above, below] = await Promise.all([banner.boundingBox(), problem.boundingBox()]);
  assert.ok(above.y + above.height <= below.y, "the line lies on the banner");
});
