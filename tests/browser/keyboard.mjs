// The page by keyboard alone: each stop of the Tab key can be seen and has an outline, a list of choices is one stop, and every
// view and tab is reached, used and left.
import { assert, namesAppear, withPage } from "./page.mjs";

/** Of the whole page, with the longest panel. */
const MOST_STOPS = 60;
/** Three fields, eight lists of choices, limits and switches. */
const MOST_FILTER_STOPS = 24;

/** What is wrong with a stop. */
const problems = new Set();

const inAddress = (page, name) => page.evaluate((key) => new URLSearchParams(location.search).get(key), name);
const card = (page) => page.getByRole("region", { name: "Selected aircraft" });

/**
 * Runs in the page: what has the focus, whether it has had it since the walk began, whether it is inside of what is walked, and
 * what is wrong with how it is shown.
 */
const look = (inside) => {
  const element = document.activeElement;
  window.__visited ??= new Set();
  if (element === document.body) return { name: "nothing", isNew: true, isInside: inside === undefined, wrong: null };
  const words = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
  const kind = element.getAttribute("role") ?? element.tagName.toLowerCase();
  const name = element.matches(".leaflet-container") ? "map" : `${kind} ${words.trim().slice(0, 40)}`;
  const before = window.__visited.size;
  const isNew = window.__visited.add(element).size > before;
  const isInside = inside === undefined || element.closest(inside) !== null;
  const { left, top, right, bottom } = element.getBoundingClientRect();
  const problem = () => {
    if (right - left < 2 || bottom - top < 2) return "has no size";
    if (left >= innerWidth || right <= 0 || top >= innerHeight || bottom <= 0) return "is outside of the window";
    const x = (Math.max(0, left) + Math.min(innerWidth, right)) / 2;
    const y = (Math.max(0, top) + Math.min(innerHeight, bottom)) / 2;
    const above = document.elementFromPoint(x, y);
    const isOnTop = above === null || element.contains(above) || above.contains(element) || above.closest("label")?.contains(element);
    // The map is behind the sheet and the panels, and shows its outline around them.
    if (!isOnTop && !element.matches(".leaflet-container")) return `is below ${above.outerHTML.slice(0, 80)}`;
    const isMarked = (one) => {
      const { outlineStyle, boxShadow } = getComputedStyle(one);
      return outlineStyle !== "none" || boxShadow !== "none";
    };
    // A radio button is seen as its label; a grid and the search show the row that is theirs.
    const shown = element.matches("input.opacity-0") ? element.closest("label") : element;
    const rows = element.matches("[role=grid], [role=treegrid]") ? [...element.querySelectorAll(".is-active-row")] : [];
    const around = element.matches("[role=combobox]") ? [element.parentElement] : [];
    return [shown, ...rows, ...around].some(isMarked) ? null : "does not show that it has the focus";
  };
  const wrong = problem();
  return { name, isNew, isInside, wrong: wrong && `${name} ${wrong}` };
};
const focused = async (page) => (await page.evaluate(look)).name;
const begin = (page) => page.evaluate(() => (window.__visited = new Set()));

/** Press Tab until the focus comes round, or leaves `inside` (a selector); returns the names of the stops. */
async function walk(page, { inside, key = "Tab" } = {}) {
  const stops = [];
  await begin(page);
  for (let i = 0; i < MOST_STOPS; i++) {
    await page.keyboard.press(key);
    const { name, isNew, isInside, wrong } = await page.evaluate(look, inside);
    if (!isNew || (!isInside && stops.length > 0)) return stops;
    if (wrong !== null) problems.add(wrong);
    if (name !== "nothing" && isInside) stops.push(name);
  }
  assert.fail(`${MOST_STOPS} stops and no end; the last: ${stops.slice(-3).join(", ")}`);
}

/** Press Tab until something has the focus. */
async function tabTo(page, wanted, key = "Tab") {
  const seen = [];
  for (let i = 0; i < MOST_STOPS; i++) {
    const { name, wrong } = await page.evaluate(look);
    if (wrong !== null) problems.add(wrong);
    if (wanted.test(name)) return;
    seen.push(name);
    await page.keyboard.press(key);
  }
  assert.fail(`${wanted} is not reached: ${seen.join("; ")}`);
}
const press = async (page, ...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};
const back = (page, wanted) => tabTo(page, wanted, "Shift+Tab");

async function everyStop(page) {
  const stops = await walk(page);
  for (const wanted of [/^button Search/, /Zoom in/, /Map options/, /^tab Aircraft/, /^grid Aircraft/, /^slider Moment/]) {
    assert.ok(stops.some((name) => wanted.test(name)), `${wanted} is no stop of ${stops.join("; ")}`);
  }
  const backwards = await walk(page, { key: "Shift+Tab" });
  // Names have clocks and counts.
  const named = (names) => names.map((name) => name.replace(/\d+/g, "0")).sort();
  assert.deepEqual(named(backwards), named(stops), "Shift and Tab go another way");
}

/** Arrows choose, Enter goes there; Escape gives the focus back. */
async function searchAndAirport(page) {
  await tabTo(page, /^button Search/);
  await press(page, "Enter");
  await page.getByRole("combobox", { name: /^Flight, registration/ }).waitFor();
  assert.match(await focused(page), /^combobox/);
  await press(page, "Escape");
  assert.match(await focused(page), /^button Search/, "the focus is lost with the search");
  await press(page, "/");
  await page.keyboard.type("lon");
  await page.getByRole("group", { name: "Airports" }).waitFor();
  const option = () => page.evaluate(() => document.getElementById(document.activeElement.getAttribute("aria-activedescendant"))?.textContent);
  const first = await option();
  await press(page, "ArrowDown");
  assert.notEqual(await option(), first);
  await press(page, "ArrowUp");
  assert.equal(await option(), first);
  await press(page, "PageDown");
  const isInSight = await page.evaluate(() => {
    const active = document.getElementById(document.activeElement.getAttribute("aria-activedescendant")).getBoundingClientRect();
    const list = document.querySelector("[role=listbox]").getBoundingClientRect();
    return active.top >= list.top - 1 && active.bottom <= list.bottom + 1;
  });
  assert.ok(isInSight, "the active option is out of sight");
  await press(page, "ControlOrMeta+a");
  await page.keyboard.type("FRA");
  await page.getByRole("option", { name: /Frankfurt/ }).first().waitFor();
  await press(page, "Enter");
  await page.getByRole("region", { name: "Runways" }).waitFor();
  await tabTo(page, /^tab Airport/);
  const stops = await walk(page, { inside: "[role=tabpanel]" });
  assert.ok(stops.length > 2 && stops.length < 12, `the airport has the stops ${stops.join("; ")}`);
}

/** Arrows move in the table, Enter opens the card; closing it gives the focus back. */
async function tableAndCard(page) {
  await press(page, "f");
  await namesAppear(page);
  await back(page, /^grid Aircraft/);
  await press(page, "ArrowDown", "ArrowDown", "End", "Home", "ArrowDown", "Enter");
  await card(page).waitFor();
  assert.match(await focused(page), /^grid Aircraft/, "a selection takes the focus away");
  await back(page, /^button Close/);
  await press(page, "Enter");
  await card(page).waitFor({ state: "detached" });
  assert.match(await focused(page), /^grid Aircraft/, "the focus is lost with the card");
  await press(page, "Enter");
  await card(page).waitFor();
  await back(page, /^button Show on the map/);
  await walk(page, { inside: ".detail-card" });
  await press(page, "Escape");
  await card(page).waitFor({ state: "detached" });
  await tabTo(page, /^grid Aircraft/);

  // The headings are one stop. Arrows go from one to the next, Enter sorts.
  await press(page, "Tab");
  const heading = await focused(page);
  await press(page, "ArrowRight", "Enter");
  assert.notEqual(await focused(page), heading);
  assert.notEqual(await inAddress(page, "sort"), null, "Enter on a heading does not sort");
  await press(page, "Shift+Tab");
  assert.match(await focused(page), /^grid Aircraft/, "the headings are more than one stop");
}

async function columns(page) {
  await tabTo(page, /^button Columns/);
  await press(page, "Enter");
  const menu = page.getByRole("group", { name: "Columns" });
  await menu.waitFor();
  await press(page, "Tab");
  const names = [await focused(page)];
  await press(page, "ArrowDown");
  names.push(await focused(page));
  await press(page, "ArrowRight");
  names.push(await focused(page));
  assert.match(names.join("; "), /^input Callsign; input \w+; button Move/);
  await press(page, "End", "Space");
  const last = menu.getByRole("checkbox").last();
  assert.ok(await last.evaluate((box) => box === document.activeElement || box.closest("fieldset").contains(document.activeElement)));
  await press(page, "Home");
  await walk(page, { inside: "fieldset" });
  await back(page, /^button Columns/);
  await press(page, "Escape");
  await menu.waitFor({ state: "detached" });
}

async function mapAndOptions(page) {
  await back(page, /^button Map options/);
  await press(page, "Enter");
  await page.getByRole("switch", { name: "Airports" }).waitFor();
  await tabTo(page, /Trails of all aircraft/);
  await press(page, "Space");
  assert.equal(await inAddress(page, "trails"), "on");
  await press(page, "Space");
  await tabTo(page, /Fade the map/);
  await press(page, "ArrowRight");
  assert.equal(await inAddress(page, "fade"), "10");
  await press(page, "ArrowLeft");
  await walk(page, { inside: ".map-options" });
  await press(page, "Escape");
  assert.match(await focused(page), /Map options/, "the focus is lost with the map's options");

  // Arrows move the map, plus and minus zoom.
  const place = async () => (await inAddress(page, "at")).split(",").map(Number);
  await back(page, /^map$/);
  const [, east, zoom] = await place();
  await press(page, "ArrowRight");
  await page.waitForFunction((before) => Number(new URLSearchParams(location.search).get("at").split(",")[1]) > before, east);
  const zoomIs = (wanted) => page.waitForFunction((at) => Number(new URLSearchParams(location.search).get("at").split(",")[2]) === at, wanted);
  await press(page, "+");
  await zoomIs(zoom + 1);
  await press(page, "-");
  await zoomIs(zoom);
}

/** Arrows go from tab to tab; what is in each is reached and left. */
async function tabs(page) {
  await back(page, /^tab /);
  for (const tab of ["Statistics", "Nearby", "Alerts", "Filters"]) {
    for (let i = 0; i < 6 && !(await focused(page)).startsWith(`tab ${tab}`); i++) await press(page, "ArrowRight");
    await page.getByRole("tabpanel", { name: tab }).waitFor();
    assert.match(await focused(page), new RegExp(`^tab ${tab}`));
    const stops = await walk(page, { inside: "[role=tabpanel]" });
    assert.ok(stops.length > 0, `nothing in ${tab} is reached`);
    if (tab === "Filters") {
      assert.ok(stops.length <= MOST_FILTER_STOPS, `Filters has ${stops.length} stops: ${stops.join("; ")}`);
      await filters(page);
    }
    await back(page, /^tab /);
  }
}

/** A list of choices is one stop: arrows, Home and End move in it, Space chooses, and Tab comes back to what was used. */
async function filters(page) {
  await back(page, /^searchbox|^input Search countries|^input .*countr/i);
  await press(page, "Tab");
  const first = await focused(page);
  await press(page, "ArrowDown", "ArrowDown", "ArrowUp");
  const second = await focused(page);
  assert.notEqual(second, first);
  await press(page, "Home");
  assert.equal(await focused(page), first);
  await press(page, "End");
  const isInSight = await page.evaluate(() => {
    const { top, bottom } = document.activeElement.getBoundingClientRect();
    const list = document.activeElement.closest(".overflow-y-auto").getBoundingClientRect();
    return top >= list.top && bottom <= list.bottom;
  });
  assert.ok(isInSight, "the last choice is out of sight");
  await press(page, "Home", "ArrowDown", "Space");
  assert.equal(await focused(page), second, "choosing takes the focus away");
  await page.waitForFunction(() => new URLSearchParams(location.search).has("country"));
  await press(page, "Tab", "Shift+Tab");
  assert.equal(await focused(page), second, "the list forgets what was used last");

  // The chips of the filters are one stop, too; removing one leaves the focus on its neighbour.
  // What is chosen is on top since the focus left the list.
  await press(page, "Home", "ArrowDown", "Space");
  await page.waitForFunction(() => /country=.*(country=|,|%2C)/.test(location.search));
  await back(page, /^button (Remove filter|Clear all)/);
  await press(page, "Home", "ArrowRight", "Enter");
  assert.match(await focused(page), /^button (Remove filter|Clear all)/, "the focus is lost with a chip");
  await press(page, "End");
  assert.match(await focused(page), /^button Clear all/);
  await press(page, "Enter");
  await page.waitForFunction(() => !new URLSearchParams(location.search).has("country"));
  await tabTo(page, /^tab Filters/);
  await press(page, "Tab");
}

async function dialogs(page) {
  for (const [key, name] of [["?", "Keyboard shortcuts"], [",", "Settings"]]) {
    await press(page, key);
    await page.getByRole("dialog", { name }).waitFor();
    const stops = await walk(page);
    const isLeft = await page.evaluate(() => [...window.__visited].some((element) => element.closest("dialog") === null));
    assert.ok(stops.length > 1 && !isLeft, `the focus leaves ${name}: ${stops.join("; ")}`);
    await press(page, "Escape");
    assert.match(await focused(page), /^grid Aircraft/, `the focus is lost with ${name}`);
  }
}

async function timeline(page) {
  await tabTo(page, /^slider Moment/);
  await press(page, "ArrowLeft");
  await page.locator('main[data-past="true"]').waitFor();
  await press(page, "Shift+Tab");
  await walk(page, { inside: "[aria-label=Timeline]" });
  await press(page, "r");
  await page.getByTestId("connection").filter({ hasText: "Live" }).waitFor();
}

/** The sheet opens by its handle, and the menu has what the header has no room for. */
async function narrow(page) {
  await page.setViewportSize({ width: 800, height: 600 });
  await press(page, "f", "1");
  await tabTo(page, /Expand the panel/);
  await press(page, "Enter");
  await page.getByRole("grid").waitFor();
  assert.match(await focused(page), /Expand the panel/);
  await tabTo(page, /^grid Aircraft/);
  await back(page, /^button More/);
  await press(page, "Enter");
  await page.getByRole("group", { name: "More" }).waitFor();
  await tabTo(page, /^button Settings/);
  await press(page, "Enter");
  await page.getByRole("dialog", { name: "Settings" }).waitFor();
  await press(page, "Escape");
  assert.match(await focused(page), /^button More/, "the focus is lost with the settings of the menu");
}

await withPage({ path: "/?view=split&at=50,8.5,7", viewport: { width: 1360, height: 720 }, fewest: 10 }, async (page) => {
  await namesAppear(page);
  // Each begins near to where the one before ended.
  for (const part of [everyStop, searchAndAirport, tableAndCard, dialogs, columns, timeline, tabs, mapAndOptions, narrow]) {
    const startMs = Date.now();
    await part(page);
    console.log(`${part.name}: ${Date.now() - startMs} ms`);
  }
  assert.deepEqual([...problems], []);
});
