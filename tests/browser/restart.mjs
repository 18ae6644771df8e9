// The gateway dies: the page keeps the positions and shows their age. It restarts: the page reconnects by itself.
import { aircraftAppear, assert, count, gateway, phase, withPage } from "./page.mjs";

await withPage({}, async (page) => {
  const before = (await count(page)).total;
  await gateway("kill");
  const banner = page.getByTestId("banner");
  await banner.filter({ hasText: "The connection was lost." }).waitFor();
  assert.match(await banner.textContent(), /The positions are \d+\ss old/);
  assert.equal(await phase(page), "reconnecting");
  assert.equal((await count(page)).total, before, "the picture was thrown away");
  await page.getByRole("status").filter({ hasText: "connection was lost" }).waitFor();

  await gateway("start");
  const hurry = page.getByRole("button", { name: "Connect now" });
  if (await hurry.isVisible()) await hurry.click().catch(() => {});
  await page.waitForFunction(() => window.__flights.connection().phase === "live", null, { timeout: 60_000 });
  await aircraftAppear(page);
  await banner.waitFor({ state: "detached" });

  await gateway("freeze");
  await page.getByTestId("connection").filter({ hasText: "Stale" }).waitFor();
  assert.match(await banner.textContent(), /stale: the newest are \d+\ss old/);
  await gateway("thaw");
  await page.getByTestId("connection").filter({ hasText: "Live" }).waitFor();
});
