// What the table lists: only what the map shows, aircraft in the air first, groups, names and distances; on a phone few columns.
import { alerted } from "./gallery_views.mjs";
import { assert, namesAppear, withPage } from "./page.mjs";

const rowCount = async (grid) => Number(await grid.getAttribute("aria-rowcount")) - 1;
/** The texts of a column of the rows in the document, from the first on. */
const cells = (page, name) =>
  page.evaluate((heading) => {
    const headings = [...document.querySelectorAll("[role=columnheader]")].map(({ textContent }) => textContent);
    return [...document.querySelectorAll("[role=row][data-icao24]")]
      .sort((a, b) => Number(a.ariaRowIndex) - Number(b.ariaRowIndex))
      .map((row) => row.children[headings.findIndex((text) => text.replace(/ from .*/, "") === heading)].textContent);
  }, name);
const sortBy = (page, name) => page.getByRole("columnheader", { name: new RegExp(`^${name}( from .*)?$`) }).getByRole("button").click();

const COLUMNS = "callsign,typeName,airline,origin,destination,distance,bearing,squawk,age,source,status,originCountry";

await withPage({ path: `/?view=split&at=50,8,7&columns=${COLUMNS}` }, async (page) => {
  const grid = page.getByRole("grid", { name: "Aircraft" });
  await page.waitForFunction(() => document.querySelectorAll("[role=row][data-icao24]").length > 5);
  const all = await rowCount(grid);

  // From the end: callsigns that begin with a digit are registrations, which have no airline.
  await sortBy(page, "Callsign");
  await page.mouse.move(10, 300);

  // Names behind codes.
  const hasName = (heading, pattern) => async () => (await cells(page, heading)).some((text) => pattern.test(text));
  for (const [heading, pattern] of [
    ["Full type", /^[A-Z][a-z]+ .+/],
    ["Airline", /[a-z]{3}/],
    ["From", /^[A-Z]{3} [A-Z].*[a-z]/],
    ["Distance", /^[\d,]+\sNM$/],
    ["Bearing", /^\d{3}°$/],
    ["Squawk", /^[0-7]{4}$/],
    ["Age", /^\d+\ss$/],
  ]) {
    const isThere = hasName(heading, pattern);
    for (let i = 0; i < 20 && !(await isThere()); i++) await page.waitForTimeout(250);
    assert.ok(await isThere(), `${heading}: ${(await cells(page, heading)).slice(0, 5)}`);
  }

  // A flag beside each country, which the page's policy lets through.
  await page.waitForFunction(() => {
    const flags = [...document.querySelectorAll("[role=row] [data-flag]")];
    return flags.length > 5 && flags.every(({ naturalWidth }) => naturalWidth > 0);
  });

  // Airlines are in the order of their names, not of their codes.
  await sortBy(page, "Airline");
  await page.mouse.move(10, 300);
  const inOrder = (texts) => texts.every((text, i) => i === 0 || texts[i - 1].toLowerCase() <= text.toLowerCase());
  for (let i = 0; i < 20 && !inOrder(await cells(page, "Airline")); i++) await page.waitForTimeout(250);
  assert.ok(inOrder(await cells(page, "Airline")), `airlines: ${await cells(page, "Airline")}`);

  // The nearest to the middle of the map first; after the map has moved, others are.
  await sortBy(page, "Distance");
  await page.mouse.move(10, 300);
  const distances = async () => (await cells(page, "Distance")).map((text) => Number.parseFloat(text.replaceAll(",", "")));
  const isSorted = (numbers) => numbers.length > 3 && numbers.every((n, i) => i === 0 || numbers[i - 1] <= n + 2);
  for (let i = 0; i < 20 && !isSorted(await distances()); i++) await page.waitForTimeout(250);
  const nearest = await distances();
  assert.ok(isSorted(nearest) && nearest[0] < 100, `distances: ${nearest}`);

  // In the air first.
  const statuses = () => cells(page, "Status");
  const onGround = /Taxiing|Landed|Scheduled/;
  assert.doesNotMatch((await statuses()).slice(0, 10).join(), onGround, "the first rows are on the ground");
  await grid.focus();
  await page.keyboard.press("End");
  await page.waitForTimeout(300);
  assert.match((await statuses()).at(-1), onGround, "the last row is in the air");
  await page.keyboard.press("Home");
  await page.getByRole("checkbox", { name: "Airborne first" }).uncheck();
  assert.equal(new URL(page.url()).searchParams.get("ground"), "mixed");
  await page.getByRole("checkbox", { name: "Airborne first" }).check();

  // Only what the map shows.
  await page.getByRole("checkbox", { name: "In view only" }).check();
  await page.mouse.move(10, 300);
  await page.waitForFunction((before) => Number(document.querySelector("[role=grid]").ariaRowCount) - 1 < before, all);
  const visible = await page.evaluate(() => {
    const { width, height } = document.querySelector(".map-area").getBoundingClientRect();
    return window.__flights.shown().filter((icao24) => {
      const place = window.__flights.rowsFor(icao24);
      return place !== null && place.x >= 0 && place.x <= width && place.y >= 0 && place.y <= height;
    }).length;
  });
  const listed = await rowCount(grid);
  assert.ok(Math.abs(listed - visible) <= 0.15 * visible + 4, `${listed} rows, ${visible} aircraft on the map`);
  await page.getByRole("region", { name: "Aircraft map" }).click({ position: { x: 300, y: 300 } });
  for (let i = 0; i < 4; i++) await page.keyboard.press("-");
  await page.waitForFunction((before) => Number(document.querySelector("[role=grid]").ariaRowCount) - 1 > before, listed);
  await page.reload();
  await page.getByRole("checkbox", { name: "In view only", checked: true }).waitFor();
  await page.getByRole("checkbox", { name: "In view only" }).uncheck();

  // Groups: closed at first, opened by keyboard and by a click; their rows keep the order.
  await page.getByRole("combobox", { name: "Group by" }).selectOption("airline");
  const tree = page.getByRole("treegrid", { name: "Aircraft" });
  const groups = tree.locator("[data-group]");
  await groups.first().waitFor();
  const counts = (await groups.allTextContents()).map((text) => Number(/([\d,]+)$/.exec(text)[1].replace(",", "")));
  assert.deepEqual(counts.slice(0, 5), counts.slice(0, 5).sort((a, b) => b - a), "the largest group is not first");
  const closed = await rowCount(tree);
  await tree.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  assert.equal(await groups.first().getAttribute("aria-expanded"), "true");
  assert.ok(Math.abs((await rowCount(tree)) - closed - counts[0]) <= 4, "the group does not list its aircraft");
  await page.keyboard.press("ArrowDown");
  const code = await groups.first().getAttribute("data-group");
  const active = page.locator(`#${await tree.getAttribute("aria-activedescendant")}`);
  assert.ok((await active.textContent()).startsWith(code), "another airline's aircraft is in the group");
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Selected aircraft" }).waitFor();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await groups.first().getAttribute("aria-expanded"), "false");
  await groups.nth(1).click();
  assert.equal(await groups.nth(1).getAttribute("aria-expanded"), "true");
  assert.equal(new URL(page.url()).searchParams.get("group"), "airline");
});

// Without a map the card of a selected aircraft stands beside the table and covers none of it.
for (const width of [1440, 960]) {
  await withPage({ viewport: { width, height: 800 }, path: "/?view=table" }, async (page) => {
    // Rows are sorted by callsign: the row of the address would be another one when it is clicked.
    await namesAppear(page);
    const row = page.locator("[role=row][data-icao24]").nth(3);
    const icao24 = await row.getAttribute("data-icao24");
    await row.click();
    const card = page.getByRole("region", { name: "Selected aircraft" });
    await card.getByText(icao24).waitFor({ state: "attached" });
    assert.equal(new URL(page.url()).searchParams.get("view"), "table");
    const [grid, shown] = [await page.getByRole("grid", { name: "Aircraft" }).boundingBox(), await card.boundingBox()];
    assert.ok(grid.width > 500 && grid.x + grid.width <= shown.x, `the card at ${shown.x} covers the table`);
    assert.ok(shown.x + shown.width <= width && shown.y + shown.height <= 800, "the card is outside of the window");
    await page.locator(`[role=row][data-icao24="${icao24}"][aria-selected=true]`).waitFor();
    await card.getByRole("button", { name: "Show on the map" }).click();
    await page.waitForFunction((address) => {
      const place = window.__flights.rowsFor(address);
      const map = document.querySelector(".map-area").getBoundingClientRect();
      return map.width > 0 && place.x > 0 && place.x < map.width && place.y > 0 && place.y < map.height;
    }, icao24);
    // An alert lies neither over the card nor below the buttons of the map.
    await alerted(page, `?view=split&flight=${icao24}`);
    await page.getByTestId("alert").getByRole("button", { name: "Close this message" }).click({ trial: true });
    // A link opens with its aircraft beside the card, also when the card has grown by its chart.
    await card.getByRole("img", { name: /^Altitude and speed/ }).waitFor();
    await page.waitForFunction((address) => {
      const place = window.__flights.rowsFor(address);
      const { x, y } = document.querySelector(".leaflet-container").getBoundingClientRect();
      const top = document.elementFromPoint(x + place.x, y + place.y);
      return top?.closest(".leaflet-container") && top.closest(".leaflet-control, .map-overlay, .notices") === null;
    }, icao24);
    await card.getByRole("button", { name: "Close" }).click();
    await page.keyboard.press("Escape");
  });
}

// A column is shown whole or not at all, beside the map and beside a card, on small laptops and at large text.
await withPage({ path: "/?view=split" }, async (page) => {
  const headings = page.getByRole("columnheader");
  const grid = page.getByRole("grid", { name: "Aircraft" });
  const cut = () =>
    grid.evaluate((scroller) => {
      const edge = scroller.getBoundingClientRect().left + scroller.clientWidth;
      const cells = [...scroller.querySelectorAll("[role=columnheader], [role=row][data-icao24] > *")];
      return [...new Set(cells.filter((cell) => cell.getBoundingClientRect().right > edge + 0.5).map(({ textContent }) => textContent))];
    });
  for (const [width, height, percent] of [[1366, 768, 100], [1280, 800, 100], [1920, 1080, 100], [1440, 900, 150]]) {
    await page.setViewportSize({ width, height });
    await page.evaluate((size) => document.documentElement.style.setProperty("font-size", `${size}%`), percent);
    await page.evaluate(() => window.dispatchEvent(new Event("resize")));
    for (const [key, fewest] of [["2", 3], ["3", 6]]) {
      await page.keyboard.press(key);
      await page.waitForTimeout(400);
      assert.deepEqual(await cut(), [], `cut at ${width} px, ${percent} %, view ${key}`);
      assert.ok((await headings.count()) >= fewest, `only ${await headings.count()} columns at ${width} px`);
    }
  }
});

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
await withPage({ ...PHONE, path: "/?view=table" }, async (page) => {
  const headings = page.getByRole("columnheader");
  await headings.first().waitFor();
  assert.deepEqual(await headings.allTextContents(), ["Callsign", "Type", "Altitude", "Speed"]);
  const last = await headings.last().boundingBox();
  assert.ok(last.x + last.width <= 391, "the last column is outside of the screen");
  const grouping = await page.getByRole("combobox", { name: "Group by" }).boundingBox();
  assert.ok(grouping.x + grouping.width <= 390, "the grouping is outside of the screen");
});
