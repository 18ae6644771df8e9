// The page on a laptop and a phone, dark and light: nothing overflows, the theme follows the system, and a choice is stored.
import { join } from "node:path";
import { assert, PICTURES, withPage } from "./page.mjs";

const DEVICES = [
  { name: "laptop", viewport: { width: 1440, height: 900 } },
  { name: "phone", viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
];

for (const { name, ...options } of DEVICES) {
  for (const colorScheme of ["dark", "light"]) {
    await withPage({ ...options, colorScheme }, async (page) => {
      assert.equal(await page.locator("html").getAttribute("data-theme"), colorScheme);
      const { wide, high } = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth - window.innerWidth,
        high: document.documentElement.scrollHeight - window.innerHeight,
      }));
      assert.ok(wide <= 0 && high <= 0, `${name} overflows by ${wide} and ${high} pixels`);
      await page.waitForTimeout(2_000);
      await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}.png`) });
      if (name === "phone") {
        await page.getByRole("button", { name: "Expand the panel" }).click();
        await page.getByRole("grid").waitFor();
        await page.screenshot({ path: join(PICTURES, `phone-sheet-${colorScheme}.png`) });
      }
    });
  }
}

await withPage({}, async (page) => {
  await page.getByRole("button", { name: "Use the light theme" }).click();
  await page.reload();
  assert.equal(await page.locator("html").getAttribute("data-theme"), "light");
});
