// The page as the cluster serves it: aircraft appear and move, and the policy of nginx stops nothing that the page needs.
import { assert, PICTURES, withPage } from "../browser/page.mjs";

const flags = [`--host-resolver-rules=MAP ${new URL(process.env.PAGE_URL).hostname} ${process.env.PAGE_ADDRESS}`];

await withPage({ flags }, async (page) => {
  const refused = [];
  page.on("console", (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) refused.push(message.text());
  });
  // Once more, now that somebody listens to what is refused while the page loads.
  await page.reload();
  await page.waitForFunction(() => (window.__flights?.count().shown ?? 0) > 100);
  const before = await page.evaluate(() => window.__flights.decodeTimes().length);
  await page.waitForFunction((known) => window.__flights.decodeTimes().length > known, before);
  const connection = await page.evaluate(() => window.__flights.connection());
  assert.equal(connection.phase, "live");
  assert.deepEqual(refused, [], "the content security policy refused something");
  await page.screenshot({ path: `${PICTURES}/live_map.png` });
});
