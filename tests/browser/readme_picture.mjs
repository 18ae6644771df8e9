// Writes the picture of the README.
import { withPage } from "./page.mjs";

await withPage({ deviceScaleFactor: 1 }, async (page) => {
  await page.waitForTimeout(20_000);
  await page.screenshot({ path: process.env.README_PICTURE });
});
