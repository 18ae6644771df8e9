// Tiles that cannot be had: the built-in map takes over, and the page says so.
import { withPage } from "./page.mjs";

await withPage({}, async (page) => {
  await page.getByText("Map tiles failed to load. The built-in map is shown instead.", { exact: true }).waitFor();
  await page.locator(".base-map canvas").first().waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Close this message" }).first().click();
});
