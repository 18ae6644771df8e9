// Disturbances by a browser or a person: each has a message, and the rest of the page still works.
import { isDeepStrictEqual } from "node:util";
import { aircraftAppear, assert, count, gateway, search, withPage } from "./page.mjs";

/** Cookies and storage blocked as by Chromium's settings: every access throws. */
const refuseStorage = (page) =>
  page.addInitScript(() => {
    Object.defineProperty(window, "localStorage", {
      get() {
        throw new DOMException("Access is denied for this document.", "SecurityError");
      },
    });
  });

await withPage({ prepare: refuseStorage }, async (page) => {
  assert.equal(await page.getByText("This browser blocks storage").count(), 0, "told before anything was to be kept");
  await page.getByRole("button", { name: "Use the light theme" }).click();
  await page.getByText(/^This browser blocks storage for this page/).waitFor();
  assert.equal(await page.locator("html").getAttribute("data-theme"), "light");
  await page.getByRole("button", { name: "Close this message" }).first().click();
  await page.getByRole("tab", { name: /^Alerts/ }).click();
  await page.getByRole("form", { name: "New rule" }).getByRole("textbox").fill("ZZZZ*");
  await page.keyboard.press("Enter");
  await page.getByRole("switch", { name: "Name: ZZZZ*" }).waitFor();
});

// Ten thousand lines pasted into the search.
await withPage({ permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
  const [wanted] = await page.evaluate(() => window.__flights.shown());
  await page.evaluate((address) => {
    const lines = [address, ...Array.from({ length: 9_999 }, (_, i) => `NOBODY${i}`)];
    return navigator.clipboard.writeText(lines.join("\n"));
  }, wanted);
  await search(page, "");
  await page.keyboard.press("Control+V");
  await page.getByRole("option", { name: "Only aircraft that match one of 10,000 search terms" }).click();
  await page.getByText(/^The search uses the first 100 of 10,000 terms\./).waitFor();
  await page.waitForFunction(() => window.__flights.count().shown === 1);
  assert.ok(page.url().length < 4_000, `the address has ${page.url().length} characters`);
  await page.getByRole("button", { name: "Remove filter: 100 search terms" }).click();
  await aircraftAppear(page);
});

// A page that its browser suspends, and resumes an hour later with another gateway: another process with other epochs.
// The hour passes on the page's clock only; the gateway's absence is real.
const skipAnHour = (page) =>
  page.addInitScript(() => {
    const now = performance.now.bind(performance);
    window.skippedMs = 0;
    performance.now = () => now() + window.skippedMs;
  });
await withPage({ prepare: skipAnHour }, async (page) => {
  const devtools = await page.context().newCDPSession(page);
  const before = (await count(page)).total;
  await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
  await gateway("kill");
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  await gateway("start");
  await devtools.send("Page.setWebLifecycleState", { state: "active" });
  await page.evaluate(() => {
    window.skippedMs = 3_600_000;
  });
  await page.getByText("This page was paused for 60\u00a0min. It is up to date again.", { exact: true }).waitFor();
  await page.waitForFunction(() => window.__flights.connection().phase === "live" && !window.__flights.connection().isStale);
  await page.waitForFunction((least) => window.__flights.count().total > least, 0.9 * before);
});

// No network at all: the cached page opens, and reports it instead of showing old positions as live. The service worker
// removes its own outdated caches and no other application's.
const openCaches = (page) =>
  page.addInitScript(() => {
    if (sessionStorage.openedCaches) return;
    sessionStorage.openedCaches = "yes";
    for (const name of ["another-application", "flighttracker /other/ 2", "flighttracker-1", "flighttracker / 1"]) void caches.open(name);
  });
await withPage({ prepare: openCaches }, async (page) => {
  await page.evaluate(() => navigator.serviceWorker.ready);
  const expected = ["another-application", "flighttracker / 2", "flighttracker /other/ 2"];
  const names = () => page.evaluate(async () => (await caches.keys()).sort());
  for (let tries = 0; tries < 20 && !isDeepStrictEqual(await names(), expected); tries++) await page.waitForTimeout(250);
  assert.deepEqual(await names(), expected);
  await page.reload();
  await aircraftAppear(page);
  await page.waitForTimeout(2_000);
  await page.context().setOffline(true);
  await page.reload();
  await page.getByTestId("connection").filter({ hasText: /Not connected|Connecting/ }).waitFor();
  await page.getByTestId("banner").filter({ hasText: "This device is offline." }).waitFor();
  assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Flight tracker");
  await page.getByRole("tabpanel").getByText("This device is offline. Trying again.").waitFor();
  assert.equal(await page.getByText(/^Waiting for the first aircraft/).count(), 0);
  await page.context().setOffline(false);
  await page.reload();
  await aircraftAppear(page);
});
