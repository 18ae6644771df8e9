// The page as the cluster serves it: aircraft appear and move, and the policy of nginx stops nothing that the page needs.
import { assert, PICTURES, withPage } from "../browser/page.mjs";

const WATCH_MS = 5_000;

await withPage({ flags: (process.env.CHROMIUM_FLAGS ?? "").split(" ").filter(Boolean) }, async (page) => {
  const refused = [];
  page.on("console", (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) refused.push(message.text());
  });
  // Once more, now that somebody listens to what is refused while the page loads.
  await page.reload();
  await page.waitForFunction(() => (window.__flights?.count().shown ?? 0) > 100);
  const before = await page.evaluate(() => window.__flights.decodeTimes().length);
  await page.waitForTimeout(WATCH_MS);
  const connection = await page.evaluate(() => window.__flights.connection());
  assert.equal(connection.phase, "live");
  assert.equal(connection.isStale, false);
  assert.ok((await page.evaluate(() => window.__flights.decodeTimes().length)) > before, "no frame came");
  assert.deepEqual(refused, [], "the content security policy refused something");
  await page.screenshot({ path: `${PICTURES}/live_map.png` });
});
