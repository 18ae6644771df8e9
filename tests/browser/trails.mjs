// Trails of all aircraft begin with what the gateway keeps, also in a page that has just been opened.
import { assert, count, URL_OF_PAGE, withPage } from "./page.mjs";

/** The gateway takes a position every 10 s. */
const FEWEST_SAMPLES = 5;
const WAIT_MS = 70_000;

const perAircraft = async () => {
  const { icao24, position_time_ms: times } = await (
    await fetch(new URL("/api/v1/tracks?bbox=-10,35,30,60", URL_OF_PAGE))
  ).json();
  return times.length / Math.max(1, icao24.length);
};
const startedAt = Date.now();
while ((await perAircraft()) < FEWEST_SAMPLES - 1) {
  assert.ok(Date.now() - startedAt < WAIT_MS, "the gateway keeps no tracks");
  // It has to take its samples first.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
}

await withPage({ path: "/?view=map&trails=on&at=48,10,5" }, async (page) => {
  const requests = [];
  page.on(
    "request",
    (request) => request.url().includes("/tracks") && requests.push(new URL(request.url()).searchParams.get("bbox")),
  );
  // Its own would be three each: where it is, where it was heard, and a break.
  const most = await page.waitForFunction(
    ({ read, own }) => {
      const inView = window.__flights.shown().filter((icao24) => {
        const { x, y } = window.__flights.rowsFor(icao24);
        return x > -0.25 * innerWidth && x < 1.25 * innerWidth && y > -0.25 * innerHeight && y < 1.25 * innerHeight;
      }).length;
      const points = Number(document.querySelector(read).dataset.trailPoints ?? 0);
      return inView > 50 && points > own * inView ? points : false;
    },
    { read: ".flight-canvas", own: 4.5 },
    { timeout: 20_000 },
  );
  console.log(`${await most.jsonValue()} points of ${(await count(page)).shown} aircraft`);

  // A closer view loads finer tracks; a small move does not.
  const before = requests.length;
  await page.mouse.move(700, 450);
  await page.mouse.down();
  await page.mouse.move(720, 460, { steps: 4 });
  await page.mouse.up();
  await page.waitForTimeout(6_000);
  assert.equal(requests.length, before, "a small move loads tracks again");
  const finer = page.waitForRequest((request) => request.url().includes("/tracks"));
  for (let i = 0; i < 3; i++) {
    await page.getByRole("button", { name: "Zoom in" }).click();
    await page.waitForTimeout(700);
  }
  await finer;
});
