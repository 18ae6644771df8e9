// A shared link shows the same: view, tab, filters, sorting, selection, place of the map, theme, units, language.
import { assert, count, withPage } from "./page.mjs";

let link = "";
await withPage({ permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
  await page.getByRole("tab", { name: "Filters" }).click();
  await page.getByRole("radio", { name: "Airborne" }).check();
  await page.getByRole("spinbutton", { name: "Minimum altitude, ft" }).fill("20000");
  await page.getByRole("group", { name: "Type" }).getByRole("checkbox").first().check();
  await page.getByRole("tab", { name: "Aircraft" }).click();
  await page.getByRole("columnheader", { name: "Speed" }).getByRole("button").click();
  await page.getByRole("columnheader", { name: "Speed" }).getByRole("button").click();
  await page.getByRole("row").nth(1).click();
  await page.getByRole("region", { name: "Selected aircraft" }).waitFor();
  await page.keyboard.press("u");
  await page.waitForTimeout(1_000);
  await page.getByRole("button", { name: "Copy a link to this view" }).click();
  await page.getByText("Link copied.", { exact: true }).waitFor();
  link = await page.evaluate(() => navigator.clipboard.readText());
  const { shown, total } = await count(page);
  assert.ok(shown > 0 && shown < total, `${shown} of ${total} are shown`);
});

const parameters = new URL(link).searchParams;
assert.deepEqual(
  ["view", "where", "min_altitude_ft", "sort", "units", "theme", "lang"].map((name) => parameters.get(name)),
  ["split", "airborne", "20000", "-speed", "metric", "system", "en"],
);
assert.equal(parameters.getAll("type").length, 1);

await withPage({ path: `${new URL(link).pathname}${new URL(link).search}`, fewest: 1, locale: "de-DE" }, async (page) => {
  const card = page.getByRole("region", { name: "Selected aircraft" });
  await card.getByText("All values").click();
  await card.getByRole("definition").filter({ hasText: parameters.get("flight") }).waitFor();
  await card.getByText(/km\/h/).first().waitFor();
  await page.getByRole("columnheader", { name: "Speed" }).and(page.locator('[aria-sort="descending"]')).waitFor();
  const { shown, total } = await count(page);
  assert.ok(shown > 0 && shown < total, "the filters of the link are not set");
  const [latitude, longitude, zoom] = parameters.get("at").split(",").map(Number);
  assert.ok(Number.isFinite(latitude) && Number.isFinite(longitude) && zoom >= 6, parameters.get("at"));
  await page.getByRole("button", { name: "Remove filter: from 6,096\u00a0m" }).waitFor();
  await card.getByRole("heading", { name: "Altitude and speed" }).waitFor();
  await card.getByRole("img", { name: /Altitude and speed over the last/ }).waitFor();
});
