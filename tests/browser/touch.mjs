// The page by finger alone, on a phone: taps, drags, flicks and pinches on map, sheet, table, timeline, search, options and fences.
import { aircraftAppear, assert, namesAppear, withPage } from "./page.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
/** Chromium takes taps for the end of a fling as long as it sees one. */
const FLING_MS = 700;

const inAddress = (page, name) => page.evaluate((key) => new URLSearchParams(location.search).get(key), name);
const place = async (page) => (await inAddress(page, "at"))?.split(",").map(Number) ?? [];
const card = (page) => page.getByRole("region", { name: "Selected aircraft" });
const sheet = (page) => page.locator("aside.panel");

/** Fingers on the screen: `move` takes them from each start to each end. */
async function move(page, starts, ends, { steps = 10, isHeld = true } = {}) {
  const touch = await page.context().newCDPSession(page);
  const at = (share) => starts.map(([x, y], i) => ({ x: x + share * (ends[i][0] - x), y: y + share * (ends[i][1] - y), id: i }));
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at(0) });
  for (let step = 1; step <= steps; step++) {
    await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: at(step / steps) });
    await page.waitForTimeout(16);
  }
  // A finger that rests before it leaves does not flick.
  if (isHeld) await page.waitForTimeout(200);
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await touch.detach();
  await page.waitForTimeout(FLING_MS);
}
const middleOf = async (locator) => {
  const { x, y, width, height } = await locator.boundingBox();
  return [x + width / 2, y + height / 2];
};
const drag = async (page, locator, dx, dy, options) => {
  const [x, y] = await middleOf(locator);
  await move(page, [[x, y]], [[x + dx, y + dy]], options);
};
const pinch = (page, [x, y], fromPx, toPx) => move(page, [[x - fromPx, y], [x + fromPx, y]], [[x - toPx, y], [x + toPx, y]]);

/** An aircraft in the open, alone. */
const open = (page) =>
  page.evaluate(() => {
    const map = document.querySelector(".leaflet-container").getBoundingClientRect();
    const all = window.__flights.shown().map((icao24) => ({ icao24, ...window.__flights.rowsFor(icao24) }));
    const isAlone = (one) => all.every((other) => other === one || Math.hypot(other.x - one.x, other.y - one.y) > 40);
    const isOpen = ({ x, y }) => document.elementFromPoint(map.x + x, map.y + y)?.matches(".leaflet-container") ?? false;
    const one = all.find((at) => isOpen(at) && isAlone(at));
    return one && { icao24: one.icao24, x: map.x + one.x, y: map.y + one.y };
  });

await withPage({ ...PHONE, path: "/?view=map&at=49,9,6", fewest: 20 }, async (page) => {
  // One finger moves the map, two zoom it.
  const map = [195, 400];
  const [latitude] = await place(page);
  await move(page, [map], [[195, 520]]);
  await page.waitForFunction((before) => Number(new URLSearchParams(location.search).get("at").split(",")[0]) > before + 0.3, latitude);
  await pinch(page, map, 40, 120);
  const [, , closer] = await place(page);
  assert.ok(closer > 6, `two fingers apart zoom to ${closer}`);
  await pinch(page, map, 140, 40);
  const [, , further] = await place(page);
  assert.ok(further < closer, `two fingers together zoom to ${further}`);
  assert.equal(await inAddress(page, "flight"), null, "moving the map selects an aircraft");

  // A tap on an aircraft, which stays in sight; the sheet and what is in it follow the finger.
  await page.goto(new URL("/?view=map&at=49,9,6", page.url()).href);
  await aircraftAppear(page, 20);
  const found = await open(page);
  assert.ok(found, "no aircraft is alone");
  await page.touchscreen.tap(found.x, found.y);
  await card(page).waitFor();
  assert.equal(await inAddress(page, "flight"), found.icao24);
  const isInTheOpen = (icao24) => {
    const at = window.__flights.rowsFor(icao24);
    const around = document.querySelector(".leaflet-container").getBoundingClientRect();
    return document.elementFromPoint(around.x + at.x, around.y + at.y)?.matches(".leaflet-container") ?? false;
  };
  await page.waitForFunction(isInTheOpen, found.icao24);
  await drag(page, sheet(page).locator(".sheet-handle"), 0, -300);
  assert.equal(await sheet(page).getAttribute("data-mode"), "split");
  await page.waitForFunction(isInTheOpen, found.icao24);
  const body = card(page).locator(".overflow-y-auto");
  await drag(page, body, 0, -200, { isHeld: false });
  assert.ok((await body.evaluate(({ scrollTop }) => scrollTop)) > 50, "a finger does not scroll the card");
  await drag(page, body, 0, 300, { isHeld: false });
  await card(page).getByText("All values").tap();
  await card(page).getByText("Latitude").waitFor();
  await drag(page, sheet(page).locator(".sheet-handle"), 0, -280);
  assert.equal(await sheet(page).getAttribute("data-mode"), "table");
  await card(page).getByRole("button", { name: "Close" }).tap();
  await card(page).waitFor({ state: "detached" });

  // The table: a flick scrolls it, a tap selects, the tabs lead elsewhere.
  await page.goto(new URL("/?view=split&at=49,9,6", page.url()).href);
  await aircraftAppear(page, 20);
  await namesAppear(page);
  const grid = page.getByRole("grid");
  const scrolled = () => page.evaluate(() => {
    const around = [...document.querySelectorAll("[role=grid], [role=grid] *, [role=tabpanel] *")];
    return Math.max(...around.map(({ scrollTop }) => scrollTop));
  });
  await drag(page, grid, 0, -250, { isHeld: false });
  assert.ok((await scrolled()) > 100, "a finger does not scroll the table");
  await namesAppear(page);
  const row = page.locator("[role=row][data-icao24]").nth(6);
  const icao24 = await row.getAttribute("data-icao24");
  await row.tap();
  await card(page).waitFor();
  assert.equal(await inAddress(page, "flight"), icao24);
  await card(page).getByRole("button", { name: "Close" }).tap();
  for (const name of ["Statistics", "Filters", "Alerts", "Nearby", "Aircraft"]) {
    await page.getByRole("tab", { name }).tap();
    await page.getByRole("tabpanel", { name }).waitFor();
  }

  // Options of the map: a tap turns a switch, a drag moves the slider; a tap elsewhere closes them.
  await drag(page, sheet(page).locator(".sheet-handle"), 0, 500);
  await page.getByRole("button", { name: "Map options" }).tap();
  await page.getByRole("switch", { name: "Trails of all aircraft" }).tap();
  await page.waitForFunction(() => new URLSearchParams(location.search).get("trails") === "on");
  const fade = page.getByRole("slider", { name: "Fade the map" });
  await fade.scrollIntoViewIfNeeded();
  const box = await fade.boundingBox();
  await move(page, [[box.x + 8, box.y + box.height / 2]], [[box.x + box.width * 0.75, box.y + box.height / 2]]);
  assert.ok(Number(await inAddress(page, "fade")) >= 40, `the slider is at ${await inAddress(page, "fade")}`);
  await page.touchscreen.tap(25, 300);
  await fade.waitFor({ state: "detached" });

  // The search.
  await page.getByRole("button", { name: /^Search/ }).tap();
  await page.getByRole("combobox", { name: /^Flight, registration/ }).fill("lhr");
  await page.getByRole("group", { name: "Airports" }).getByRole("option").first().tap();
  await page.waitForFunction(() => Math.abs(Number(new URLSearchParams(location.search).get("at").split(",")[0]) - 51.47) < 0.5);

  // The timeline: a tap, a drag, a pinch; playing; back to the present.
  await page.goto(new URL("/?view=map&at=49,9,6", page.url()).href);
  await aircraftAppear(page, 20);
  const strip = page.getByRole("slider", { name: "Moment" });
  const shownS = async () => Number(await strip.getAttribute("aria-valuenow"));
  // A phone has it only while the past is shown.
  await page.locator("header").getByRole("button", { name: "Past", exact: true }).tap();
  await strip.waitFor();
  const line = await strip.boundingBox();
  await page.touchscreen.tap(line.x + line.width * 0.5, line.y + line.height / 2);
  await page.locator('main[data-past="true"]').waitFor();
  const tappedS = await shownS();
  await drag(page, strip, -60, 0);
  assert.ok((await shownS()) < tappedS - 30, "a finger does not drag the moment");
  const widthS = async () => {
    await page.touchscreen.tap(line.x + line.width * 0.25, line.y + line.height / 2);
    await page.waitForTimeout(300);
    const low = await shownS();
    await page.touchscreen.tap(line.x + line.width * 0.5, line.y + line.height / 2);
    await page.waitForTimeout(300);
    return (await shownS()) - low;
  };
  const wide = await widthS();
  await pinch(page, await middleOf(strip), 30, 110);
  const narrow = await widthS();
  assert.ok(narrow < 0.7 * wide, `a quarter of the timeline was ${wide} s and is ${narrow} s after a pinch`);
  // "Past" has begun to play.
  await page.getByRole("button", { name: "Pause", exact: true }).tap();
  await page.getByRole("button", { name: "Play", exact: true }).tap();
  await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
  await page.getByRole("region", { name: "Timeline" }).getByRole("button", { name: "Live", exact: true }).tap();
  await page.getByTestId("connection").filter({ hasText: "Live" }).waitFor();

  // A fence: taps are corners, two fingers only zoom.
  await page.goto(new URL("/?view=split&tab=alerts&at=49,9,6", page.url()).href);
  await aircraftAppear(page, 20);
  const form = page.getByRole("form", { name: "New rule" });
  await form.getByRole("combobox", { name: "Kind" }).selectOption("polygon");
  await form.getByRole("textbox", { name: "Name of the area" }).fill("field");
  await form.getByRole("button", { name: "Draw on the map" }).tap();
  const bar = page.getByRole("region", { name: "Draw a polygon" });
  await bar.waitFor();
  const corners = () => page.locator("path.sketch-point").count();
  for (const [x, y] of [[120, 330], [280, 340], [270, 480]]) {
    await page.touchscreen.tap(x, y);
    await page.waitForTimeout(400);
  }
  assert.equal(await corners(), 3, "three taps are not three corners");
  await pinch(page, [195, 420], 60, 100);
  await move(page, [[195, 420]], [[150, 450]]);
  assert.equal(await corners(), 3, "moving the map adds corners");
  await bar.getByRole("button", { name: "Finish" }).tap();
  await form.getByText("Polygon with 3 corners").waitFor();
  await form.getByRole("button", { name: "Add rule" }).tap();
  await page.locator(".alert-area-name", { hasText: "field" }).waitFor({ state: "attached" });
});
