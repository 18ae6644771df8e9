// The page on a phone, upright and on its side, and in a window that is zoomed to 200 %: the sheet follows the finger,
// nothing lies on anything else, and what is selected is never below the sheet or the card.
import { join } from "node:path";
import { alerted } from "./gallery_views.mjs";
import { assert, PICTURES, withPage } from "./page.mjs";

const TOUCH = { hasTouch: true, isMobile: true, deviceScaleFactor: 1 };
const MAP_BUTTONS = ["Zoom in", "Zoom out", "Map options", "Show all aircraft", "Follow the aircraft", "Show only this aircraft"];

const sheet = (page) => page.locator("aside.panel");
const card = (page) => page.getByRole("region", { name: "Selected aircraft" });
const picture = async (page, name) => {
  if (PICTURES) await page.screenshot({ path: join(PICTURES, `${name}.png`) });
};

/** Waits until an aircraft is on a part of the map that nothing covers. */
async function isFree(page, icao24, when) {
  const inTheOpen = (address) => {
    const place = window.__flights.rowsFor(address);
    const map = document.querySelector(".leaflet-container");
    const { x, y } = map.getBoundingClientRect();
    const top = document.elementFromPoint(x + place.x, y + place.y);
    return map.contains(top) && top.closest(".leaflet-control") === null;
  };
  await page.waitForFunction(inTheOpen, icao24, { timeout: 4_000 }).catch(() => assert.fail(`${when}: the aircraft is covered`));
}

/** Press an aircraft that is low in the map, with no other near it. */
async function pressLow(page) {
  const found = await page.evaluate(() => {
    const map = document.querySelector(".leaflet-container").getBoundingClientRect();
    const all = window.__flights.shown().map((icao24) => ({ icao24, ...window.__flights.rowsFor(icao24) }));
    const isAlone = (one) => all.every((other) => other === one || Math.hypot(other.x - one.x, other.y - one.y) > 30);
    const isOpen = ({ x, y }) => document.elementFromPoint(map.x + x, map.y + y)?.matches(".leaflet-container") ?? false;
    const one = all.find((place) => place.y > map.height * 0.66 && isOpen(place) && isAlone(place));
    return one && { icao24: one.icao24, x: map.x + one.x, y: map.y + one.y };
  });
  assert.ok(found, "no aircraft is low in the map");
  // Chromium turns no tap into a click while it sees a fling, as after a drag: so with the mouse.
  await page.mouse.click(found.x, found.y);
  await card(page).waitFor();
  const selected = new URL(page.url()).searchParams.get("flight");
  assert.ok(selected, "it selected nothing");
  return selected;
}

async function everyButtonCanBePressed(page, when) {
  const buttons = MAP_BUTTONS.map((name) => page.getByRole("button", { name, exact: true }));
  buttons.push(card(page).getByRole("button", { name: "Close" }));
  for (const button of buttons) {
    const covered = await button.evaluate((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      const top = document.elementFromPoint(x + width / 2, y + height / 2);
      return element.contains(top) ? "" : `${element.getAttribute("aria-label")} below ${top?.outerHTML.slice(0, 80)}`;
    });
    assert.equal(covered, "", when);
  }
}

/** Move a finger from the sheet's handle; `between` runs while it still touches. */
async function drag(page, byPx, between) {
  const touch = await page.context().newCDPSession(page);
  const handle = await sheet(page).getByRole("button", { name: /Expand the panel|Show the map/ }).boundingBox();
  const at = (dy) => [{ x: handle.x + handle.width / 2, y: handle.y + 8 + dy }];
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at(0) });
  for (let step = 1; step <= 8; step++) {
    await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: at((byPx * step) / 8) });
    await page.waitForTimeout(16);
  }
  await between();
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await page.waitForTimeout(300);
}
const heightOf = async (page) => (await sheet(page).boundingBox()).height;

await withPage({ ...TOUCH, viewport: { width: 390, height: 844 }, path: "/?at=48,9,6" }, async (page) => {
  // Its message is there until the end.
  await alerted(page, "?at=48,9,6");
  // The sheet of the alerts glides down.
  await page.waitForFunction(() => document.getAnimations().every(({ effect }) => !effect?.target?.matches("aside.panel")));
  const closedPx = await heightOf(page);
  assert.ok(closedPx <= 64, `the closed sheet takes ${closedPx} px`);
  await drag(page, -330, async () => {
    const px = await heightOf(page);
    assert.ok(Math.abs(px - closedPx - 330) < 6, `the sheet is ${px} px high, the finger has moved it by 330`);
  });
  assert.equal(await sheet(page).getAttribute("data-mode"), "split");
  await page.getByRole("grid").waitFor();
  await picture(page, "phone-list");
  await drag(page, 300, async () => {});
  assert.equal(await sheet(page).getAttribute("data-mode"), "map");

  const icao24 = await pressLow(page);
  await isFree(page, icao24, "upright");
  await everyButtonCanBePressed(page, "upright");
  await picture(page, "phone-card");
  await drag(page, -200, async () => {});
  await isFree(page, icao24, "with the sheet half open");
  await picture(page, "phone-card-half");
  await drag(page, 300, async () => {});

  await page.getByRole("button", { name: "More", exact: true }).click();
  const menu = page.getByRole("group", { name: "More" });
  for (const name of ["Copy a link to this view", "Keyboard shortcuts", "Settings"]) await menu.getByRole("button", { name }).waitFor();
  await picture(page, "phone-menu");
  await menu.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("dialog", { name: "Settings" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Map options" }).click();
  await page.getByRole("figure", { name: "Colours by altitude" }).waitFor();
  await picture(page, "phone-options");
  await page.getByRole("button", { name: "Map options" }).click();

  // On its side, and as a laptop at 200 %.
  for (const [width, height] of [[844, 390], [640, 360]]) {
    await page.setViewportSize({ width, height });
    await page.waitForTimeout(400);
    await isFree(page, icao24, `${width} × ${height}`);
    await everyButtonCanBePressed(page, `${width} × ${height}`);
    await picture(page, `phone-card-${width}`);
  }
});
