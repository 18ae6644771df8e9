// Tiles that fail to load: the built-in map replaces them, and the page reports it. Their attribution shows text and links
// only: other HTML, such as a redirect of the whole page, is displayed as text.
import assert from "node:assert/strict";
import { withPage } from "./page.mjs";

let failTiles;
const attributionWasRead = new Promise((resolve) => {
  failTiles = resolve;
});
const holdTiles = (page) =>
  page.route(/\/\d+\/\d+\/\d+\.png$/, async (route) => {
    await attributionWasRead;
    await route.abort();
  });

await withPage({ prepare: holdTiles }, async (page) => {
  const attribution = page.locator(".leaflet-control-attribution");
  await attribution.filter({ hasText: '© Tiles <meta http-equiv="refresh"' }).waitFor();
  assert.equal(await attribution.getByRole("link", { name: "Tiles" }).getAttribute("href"), "https://tiles.example.org/");
  assert.equal(await page.locator("body meta").count(), 0);
  failTiles();
  await page.getByText("Map tiles failed to load. The built-in map is shown instead.", { exact: true }).waitFor();
  await page.locator(".base-map canvas").first().waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Close this message" }).first().click();
});
