// The timeline: any moment that the tracker keeps, by click, drag, keys, field and link; everything works there as it does live;
// what is looked at cannot be mistaken; one key leads back. On a laptop and by touch.
//
// The history has 90 minutes until five minutes ago, with a gap from 60 to 45 minutes ago (test_page_timeline.py).
import { assert, count, filterByText, PICTURES, withPage } from "./page.mjs";
import { assertNothingFound, checkInBothThemes } from "./wcag.mjs";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const FAR_KM = 1.5;

const picture = (page, name) =>
  PICTURES ? page.screenshot({ path: `${PICTURES}/timeline-${name}.png` }) : Promise.resolve();
const strip = (page) => page.getByRole("slider", { name: "Moment" });
const banner = (page) => page.getByRole("region", { name: "Past" });
const live = (page) => page.getByTestId("connection").filter({ hasText: "Live" });
const shownMs = async (page) => 1000 * Number(await strip(page).getAttribute("aria-valuenow"));
const history = (page) => page.evaluate(async () => (await fetch("api/v1/history")).json());
const placesOf = (page, addresses) =>
  page.evaluate((all) => all.map((icao24) => window.__flights.rowsFor(icao24)), addresses);
const movedBetween = (before, after) =>
  before.filter((place, i) => place !== null && after[i] !== null && Math.hypot(place.x - after[i].x, place.y - after[i].y) > 0.05)
    .length;
/** The rows of the moment are there. */
const loaded = (page) => page.locator('main[data-past="true"]:not([data-waiting="true"])').waitFor();

function kilometres(a, b) {
  const north = (a.latitudeDeg - b.latitudeDeg) * 111.2;
  return Math.hypot(north, (a.longitudeDeg - b.longitudeDeg) * 111.2 * Math.cos((a.latitudeDeg * Math.PI) / 180));
}

/** How far the shown aircraft are from where the history says they were, kilometres, ascending. */
async function distancesFromTruth(page, atMs) {
  const places = await page.evaluate(
    () => window.__flights.shown().slice(0, 25).map((icao24) => [icao24, window.__flights.rowsFor(icao24)]),
  );
  const distances = [];
  for (const [icao24, place] of places) {
    const points = await page.evaluate(
      async ([address, from, to]) => (await (await fetch(`api/v1/flights/${address}/track?from=${from}&to=${to}`)).json()).points,
      [icao24, Math.round(atMs - 2 * MINUTE_MS), Math.round(atMs + 2 * MINUTE_MS)],
    );
    const after = points.findIndex(({ position_time_ms }) => position_time_ms > atMs);
    if (after < 1) continue;
    const [a, b] = [points[after - 1], points[after]];
    const share = (atMs - a.position_time_ms) / (b.position_time_ms - a.position_time_ms);
    const between = (name) => a[name] + share * (b[name] - a[name]);
    distances.push(kilometres(place, { latitudeDeg: between("latitude_deg"), longitudeDeg: between("longitude_deg") }));
  }
  assert.ok(distances.length > 15, `only ${distances.length} of ${places.length} aircraft have a track`);
  return distances.sort((a, b) => a - b);
}

async function goTo(page, timeMs) {
  await page.getByRole("button", { name: /^Go to a time/ }).click();
  const form = page.getByRole("form", { name: "Go to a time" });
  await form.getByRole("checkbox", { name: /UTC/ }).check();
  await form.getByLabel("Date and time").fill(new Date(timeMs).toISOString().slice(0, 19));
  await form.getByRole("button", { name: "Go", exact: true }).click();
}

let link = "";
await withPage({ path: "/?at=50,8,5&trails=on" }, async (page) => {
  await strip(page).waitFor();
  assert.equal(await strip(page).getAttribute("aria-valuetext"), "Live");
  await picture(page, "live");
  const { from, to, gaps } = await history(page);
  assert.equal(gaps.length >= 1, true, "the history has no gap");

  // A click on the timeline: that moment, without a doubt.
  const box = await strip(page).boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 3);
  await banner(page).getByText("You are looking at the past").waitFor();
  await page.getByTestId("connection").filter({ hasText: "Past" }).waitFor();
  await goTo(page, to - 20 * MINUTE_MS);
  await loaded(page);
  const atMs = await shownMs(page);
  assert.ok(Math.abs(atMs - (to - 20 * MINUTE_MS)) < 2_000, `${new Date(atMs).toISOString()} is shown`);
  await banner(page).getByText(`${new Date(atMs).toISOString().slice(11, 19)} UTC`).waitFor();
  const { total } = await count(page);
  assert.ok(total > 150, `${total} aircraft are in the past`);

  // Where they were, and standing still.
  const distances = await distancesFromTruth(page, atMs);
  assert.ok(distances[Math.floor(0.9 * distances.length)] < FAR_KM, `aircraft are elsewhere, kilometres: ${distances}`);
  const addresses = await page.evaluate(() => window.__flights.shown());
  const first = await placesOf(page, addresses);
  await page.waitForTimeout(700);
  assert.equal(movedBetween(first, await placesOf(page, addresses)), 0, "aircraft move although time stands still");
  await picture(page, "paused");

  // Playing moves them along their tracks.
  const timeline = page.getByRole("region", { name: "Timeline" });
  await timeline.getByRole("combobox", { name: "Speed" }).selectOption("30");
  await timeline.getByRole("button", { name: "Play", exact: true }).click();
  await page.waitForFunction(
    ([label, ms]) => 1000 * Number(document.querySelector(`[aria-label="${label}"]`).ariaValueNow) > ms,
    ["Moment", atMs + MINUTE_MS],
  );
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press(" ");
  await timeline.getByRole("button", { name: "Play", exact: true }).waitFor();
  const laterMs = await shownMs(page);
  await loaded(page);
  const moved = movedBetween(first, await placesOf(page, addresses));
  assert.ok(moved > 30, `only ${moved} aircraft moved`);
  const later = await distancesFromTruth(page, laterMs);
  assert.ok(later[Math.floor(0.9 * later.length)] < FAR_KM, `played aircraft are elsewhere, kilometres: ${later}`);

  // Filters, table, card, trail and profile belong to the moment.
  await page.waitForFunction(() => Number(document.querySelector(".flight-canvas").dataset.trailPoints) > 200);
  const flying = await page.evaluate(async (moment) => {
    for (const icao24 of window.__flights.shown()) {
      const url = `api/v1/flights/${icao24}/track?from=${moment - 40 * 60_000}&to=${moment}`;
      const { points } = await (await fetch(url)).json();
      if (points.length > 5 && points.every(({ on_ground }) => !on_ground)) return { icao24, points: points.length };
    }
    return null;
  }, Math.round(laterMs));
  assert.ok(flying, "nobody flies");
  await filterByText(page, flying.icao24);
  await page.waitForFunction(() => window.__flights.count().shown === 1);
  await page.getByRole("row").nth(1).filter({ hasText: /\w/ }).click();
  const card = page.getByRole("region", { name: "Selected aircraft" });
  await card.getByText(flying.icao24).first().waitFor({ state: "attached" });
  await card.getByRole("img", { name: /^Altitude and speed over the last [1-9]\d*\smin/ }).waitFor();
  await page.locator("path.trail").first().waitFor({ state: "attached" });
  await picture(page, "card");
  await page.getByRole("button", { name: "Clear all" }).click();
  await page.getByRole("tab", { name: "Statistics" }).click();
  await page.getByRole("term").filter({ hasText: "Airborne" }).first().waitFor();
  assert.equal(await page.getByRole("img", { name: /^Aircraft shown/ }).count(), 0, "a chart of the present is in the past");
  const { total: then } = await count(page);
  await page.getByRole("definition").filter({ hasText: new RegExp(`^${then.toLocaleString("en")}$`) }).first().waitFor();
  await page.getByRole("radio", { name: "Connection" }).check();
  await page.getByText("These figures are about the present").waitFor();
  await page.getByRole("radio", { name: "Traffic" }).check();
  await page.getByRole("tab", { name: "Aircraft" }).click();

  // Keys of a slider.
  await strip(page).focus();
  const beforeMs = await shownMs(page);
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction((ms) => 1000 * Number(document.querySelector(".timeline-strip").ariaValueNow) < ms, beforeMs);
  await page.keyboard.press("Home");
  await page.waitForFunction((ms) => 1000 * Number(document.querySelector(".timeline-strip").ariaValueNow) < ms, from + 2_000);

  // The gap says so.
  await goTo(page, (gaps.at(-1).from + gaps.at(-1).to) / 2);
  await banner(page).getByText(/^Nothing was recorded from/).waitFor();
  await page.waitForFunction(() => window.__flights.count().total === 0);
  await picture(page, "gap");

  // The wheel zooms around the pointer: what is a minute away from it is further away afterwards.
  const tip = page.locator(".timeline-strip + p");
  const timeAt = async (x) => {
    await page.mouse.move(box.x + x, box.y + 10);
    await tip.waitFor();
    return Date.parse(`1970-01-01T${/(\d\d:\d\d:\d\d) UTC/.exec(await tip.textContent())[1]}Z`);
  };
  // The strip may cross midnight, and the tip has the time of the day only.
  const passed = (from, until) => (until - from + DAY_MS) % DAY_MS;
  const [left, middle] = [await timeAt(100), await timeAt(500)];
  await page.mouse.wheel(0, -400);
  await page.waitForTimeout(300);
  const [closerLeft, closerMiddle] = [await timeAt(100), await timeAt(500)];
  assert.ok(passed(middle - 2_000, closerMiddle) < 4_000, "zooming moves the moment under the pointer");
  assert.ok(passed(closerLeft, closerMiddle) < 0.8 * passed(left, middle), "the wheel does not zoom");

  // A link holds the moment.
  await goTo(page, to - 10 * MINUTE_MS);
  await page.waitForFunction(
    (text) => new URLSearchParams(location.search).get("time") === text,
    `${new Date(to - 10 * MINUTE_MS).toISOString().slice(0, 19)}Z`,
  );
  link = new URL(page.url()).search;
  await page.keyboard.press("Escape");
  await checkInBothThemes(page, "laptop past");

  // One key leads back.
  await page.keyboard.press("r");
  await live(page).waitFor();
  await banner(page).waitFor({ state: "detached" });
  assert.equal(new URL(page.url()).searchParams.get("time"), null);
  await checkInBothThemes(page, "laptop live");
});

await withPage({ path: `/${link}`, fewest: 1 }, async (page) => {
  await banner(page).getByText("You are looking at the past").waitFor();
  await loaded(page);
  const wanted = Date.parse(new URLSearchParams(link).get("time"));
  assert.ok(Math.abs((await shownMs(page)) - wanted) < 2_000, "the link leads to another moment");
  // Forward to the present and to an earlier moment, and Back.
  const earlier = new URL(page.url());
  earlier.searchParams.set("time", new Date(wanted - 5 * MINUTE_MS).toISOString().replace(".000", ""));
  await page.evaluate((search) => {
    history.pushState(null, "", "?view=map");
    history.pushState(null, "", search);
  }, earlier.search);
  await page.goBack();
  await live(page).waitFor();
  await page.goForward();
  await banner(page).waitFor();
  assert.ok(Math.abs((await shownMs(page)) - wanted + 5 * MINUTE_MS) < 2_000, "Forward leads to another moment");
  await page.goBack();
  await page.goBack();
  await banner(page).waitFor();
  await loaded(page);
  assert.ok(Math.abs((await shownMs(page)) - wanted) < 2_000, "Back leads to another moment");
  // The end of what is kept is the present.
  const timeline = page.getByRole("region", { name: "Timeline" });
  const { to } = await history(page);
  await goTo(page, to - 15_000);
  await timeline.getByRole("combobox", { name: "Speed" }).selectOption("30");
  await timeline.getByRole("button", { name: "Play", exact: true }).click();
  await live(page).waitFor();
});

await withPage({ ...PHONE, path: "/?at=50,8,4" }, async (page) => {
  const button = page.getByRole("button", { name: "Past", exact: true });
  await button.waitFor();
  assert.equal(await strip(page).isVisible(), false, "the timeline takes the phone's space while it is live");
  await button.tap();
  await banner(page).waitFor();
  await loaded(page);
  const timeline = page.getByRole("region", { name: "Timeline" });
  await timeline.getByRole("button", { name: "Pause" }).tap();
  for (const control of await timeline.getByRole("button").or(timeline.getByRole("combobox")).all()) {
    if (!(await control.isVisible())) continue;
    const { height } = await control.boundingBox();
    assert.ok(height >= 44, `a control is ${height} px high`);
  }
  const before = await shownMs(page);
  const box = await strip(page).boundingBox();
  await page.touchscreen.tap(box.x + box.width * 0.6, box.y + box.height / 2);
  await page.waitForFunction((ms) => Math.abs(1000 * Number(document.querySelector(".timeline-strip").ariaValueNow) - ms) > 60_000, before);
  await loaded(page);
  await page.waitForFunction(() => window.__flights.count().total > 100);
  await picture(page, "phone");
  await checkInBothThemes(page, "phone past");
  await timeline.getByRole("button", { name: "Live" }).tap();
  await live(page).waitFor();
});
assertNothingFound();
