// The replay shows past positions, stops when it is paused, and ends at the present.
import { assert, count, filterByText, withPage } from "./page.mjs";

const placesOf = (page, addresses) =>
  page.evaluate((all) => all.map((icao24) => window.__flights.rowsFor(icao24)), addresses);
const movedBetween = (before, after) =>
  before.filter((place, i) => place !== null && after[i] !== null && Math.hypot(place.x - after[i].x, place.y - after[i].y) > 0.05)
    .length;

await withPage({ path: "/?at=50,8,7" }, async (page) => {
  const addresses = await page.evaluate(() => window.__flights.shown().slice(0, 300));
  const then = await placesOf(page, addresses);
  await page.waitForTimeout(6_000);
  const { total } = await count(page);
  await page.getByRole("button", { name: "Replay", exact: true }).click();
  const bar = page.getByRole("region", { name: "Replay" });
  await bar.getByText("Recorded by this page").waitFor();
  await page.getByTestId("connection").filter({ hasText: "Replay" }).waitFor();
  // At five times the speed it could end before it is paused.
  await bar.getByRole("combobox", { name: "Speed" }).selectOption("1");
  await bar.getByRole("button", { name: "Pause" }).click();
  await bar.getByRole("button", { name: "Play", exact: true }).waitFor();
  const slider = bar.getByRole("slider", { name: "Time" });
  await slider.focus();
  await page.keyboard.press("Home");
  const first = await placesOf(page, addresses);
  assert.ok((await count(page)).total > 0.9 * total, "aircraft are missing in the replay");
  const near = first.filter(
    (place, i) => place !== null && then[i] !== null && Math.hypot(place.x - then[i].x, place.y - then[i].y) < 4,
  );
  assert.ok(near.length > 0.8 * addresses.length, `only ${near.length} of ${addresses.length} are where they were`);
  await page.waitForTimeout(1_000);
  assert.equal(movedBetween(first, await placesOf(page, addresses)), 0, "aircraft move although the replay is paused");

  await bar.getByRole("combobox", { name: "Speed" }).selectOption("5");
  await bar.getByRole("button", { name: "Play", exact: true }).click();
  await page.waitForTimeout(600);
  const moved = movedBetween(first, await placesOf(page, addresses));
  assert.ok(moved > 20, `only ${moved} aircraft moved`);

  await filterByText(page, addresses[0]);
  await page.waitForFunction(() => window.__flights.count().shown === 1);
  await page.getByRole("row").nth(1).filter({ hasText: /\w/ }).click();
  await page.getByRole("region", { name: "Selected aircraft" }).getByText(addresses[0]).waitFor();
  await page.getByRole("button", { name: "Clear all" }).click();

  await bar.getByRole("button", { name: "Back to live" }).click();
  await page.getByTestId("connection").filter({ hasText: "Live" }).waitFor();
  await page.waitForTimeout(1_500);
  assert.ok(movedBetween(first, await placesOf(page, addresses)) > 20, "the past is still shown");
});
