// The table by keyboard: one tab stop, arrows and End move, Enter selects, headings sort, few rows are in the document;
// columns are hidden, put in order and resized.
import { readFileSync } from "node:fs";
import { assert, count, withPage } from "./page.mjs";

const TYPE_NAMES = new URL("../../web/src/panels/card/data/typeNames.tsv", import.meta.url);

const activeRow = async (page) => {
  const id = await page.getByRole("grid").getAttribute("aria-activedescendant");
  return page.locator(`#${id}`);
};

await withPage({}, async (page) => {
  const grid = page.getByRole("grid", { name: "Aircraft" });
  await page.waitForFunction(() => document.querySelectorAll('[role="grid"] [aria-selected]').length > 5);
  const { shown } = await count(page);
  const announced = Number(await grid.getAttribute("aria-rowcount")) - 1;
  assert.ok(Math.abs(announced - shown) <= 0.02 * shown, `${announced} rows are announced, ${shown} aircraft shown`);
  assert.ok((await grid.getByRole("row").count()) < 80, "the table is not virtual");

  await grid.focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowDown");
  assert.equal(await (await activeRow(page)).getAttribute("aria-rowindex"), "5");
  const address = await (await activeRow(page)).getAttribute("data-icao24");
  await page.keyboard.press("Enter");
  const card = page.getByRole("region", { name: "Selected aircraft" });
  await card.waitFor();
  assert.ok((await card.textContent()).includes(address), "another aircraft was selected");
  assert.equal(await (await activeRow(page)).getAttribute("aria-selected"), "true");
  const names = new Map(readFileSync(TYPE_NAMES, "utf8").trim().split("\n").map((line) => line.split("\t")));
  const type = await (await activeRow(page)).locator('[aria-colindex="2"]').textContent();
  assert.ok(names.has(type), `a type without a name: ${type}`);
  await card.getByText(`${names.get(type)} (${type})`, { exact: true }).waitFor();

  await page.keyboard.press("End");
  assert.equal(Number(await (await activeRow(page)).getAttribute("aria-rowindex")), Number(await grid.getAttribute("aria-rowcount")));
  await page.keyboard.press("Home");
  assert.equal(await (await activeRow(page)).getAttribute("aria-rowindex"), "2");

  const heading = page.getByRole("columnheader", { name: "Altitude" });
  await heading.getByRole("button").click();
  assert.equal(await heading.getAttribute("aria-sort"), "ascending");
  await heading.getByRole("button").click();
  assert.equal(await heading.getAttribute("aria-sort"), "descending");
  await page.mouse.move(10, 300);
  await page.waitForTimeout(2_500);
  const altitudes = await page.evaluate(() =>
    [...document.querySelectorAll('[role="row"][aria-selected]')]
      .sort((a, b) => Number(a.ariaRowIndex) - Number(b.ariaRowIndex))
      .map((row) => Number(row.children[2].textContent.replace(/[^0-9-]/g, ""))),
  );
  const falls = altitudes.filter((altitude, i) => i > 0 && altitude > altitudes[i - 1] + 2_000);
  assert.deepEqual(falls, [], `not sorted by altitude: ${altitudes}`);
  await card.getByRole("button", { name: "Close" }).click();
  await card.waitFor({ state: "detached" });

  // Columns: hidden in the menu, which is kept in the address; widths by dragging and by keyboard.
  const headings = () => page.getByRole("columnheader").allTextContents();
  const before = await headings();
  await page.getByRole("button", { name: "Columns" }).click();
  const menu = page.getByRole("group", { name: "Columns" });
  await menu.getByRole("checkbox", { name: "Speed", exact: true }).uncheck();
  await menu.getByRole("checkbox", { name: "Type", exact: true }).uncheck();
  assert.deepEqual(await headings(), before.filter((name) => name !== "Speed" && name !== "Type"));
  // The order, by keyboard: the focus stays on the button.
  const left = menu.getByRole("button", { name: "Move “Altitude” left" });
  await left.focus();
  await page.keyboard.press("Enter");
  assert.deepEqual((await headings()).slice(0, 2), ["Altitude", "Callsign"]);
  assert.equal(await left.getAttribute("aria-disabled"), "true", "it moves beyond the first place");
  assert.equal(await left.evaluate((button) => button === document.activeElement), true, "the focus was lost");
  await menu.getByRole("button", { name: "Move “Altitude” right" }).click();
  await menu.getByRole("checkbox", { name: "Full type" }).check();
  assert.deepEqual((await headings()).at(-1), "Full type");
  await menu.getByRole("checkbox", { name: "Full type" }).uncheck();
  await page.keyboard.press("Escape");
  await menu.waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Columns", "the focus was lost");
  assert.equal(await grid.getAttribute("aria-colcount"), String(before.length - 2));
  assert.doesNotMatch(new URL(page.url()).searchParams.get("columns"), /speed|aircraftType/);

  const callsign = page.getByRole("columnheader", { name: "Callsign" });
  const width = async () => (await callsign.boundingBox()).width;
  const usual = await width();
  await callsign.getByRole("button").focus();
  for (let i = 0; i < 5; i++) await page.keyboard.press("Shift+ArrowRight");
  assert.ok(Math.abs((await width()) - usual - 40) < 2, `from ${usual} to ${await width()} by keyboard`);
  const edge = await page.locator("[data-resize=callsign]").boundingBox();
  await page.mouse.move(edge.x + edge.width / 2, edge.y + 10);
  await page.mouse.down();
  await page.mouse.move(edge.x + edge.width / 2 - 60, edge.y + 12, { steps: 4 });
  await page.mouse.up();
  assert.ok(Math.abs((await width()) - usual + 20) < 3, `from ${usual} to ${await width()} by mouse`);
  const cell = await page.locator('[role="row"][aria-selected] [aria-colindex="1"]').first().boundingBox();
  assert.ok(Math.abs(cell.width - (await width())) < 1, "cells and headings differ");

  await page.reload();
  await callsign.waitFor();
  assert.ok(Math.abs((await width()) - usual + 20) < 3, "the width was not kept");
  assert.equal((await headings()).length, before.length - 2);
  // Also in the link, which shows the same without stored preferences.
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await callsign.waitFor();
  assert.ok(Math.abs((await width()) - usual + 20) < 3, "the address does not hold the width");
  await page.getByRole("button", { name: "Columns" }).click();
  await menu.getByRole("button", { name: "Reset columns" }).click();
  assert.deepEqual(await headings(), before);
  assert.equal(new URL(page.url()).searchParams.get("columns"), null);
  assert.equal(new URL(page.url()).searchParams.get("widths"), null);
});
