// Axe finds nothing against WCAG 2.2 AA in any view, in both themes, on a laptop and on a phone.
import { createRequire } from "node:module";
import { assert, withPage } from "./page.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const AXE = require.resolve("axe-core/axe.min.js");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const found = [];
async function check(page, view) {
  // Through the debugger: the page's own policy lets no foreign script in.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(await source());
  const violations = await page.evaluate(async (tags) => {
    const { violations: all } = await window.axe.run(document, { runOnly: tags });
    return all.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 140)).join(" | ")}`);
  }, TAGS);
  found.push(...violations.map((violation) => `${view}: ${violation}`));
}

let text;
async function source() {
  const { readFile } = await import("node:fs/promises");
  text ??= await readFile(AXE, "utf8");
  return text;
}

const DEVICES = {
  laptop: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};

for (const [device, options] of Object.entries(DEVICES)) {
  for (const colorScheme of ["dark", "light"]) {
    await withPage({ ...options, colorScheme }, async (page) => {
      const name = (view) => `${device} ${colorScheme} ${view}`;
      await check(page, name("map"));
      for (const tab of ["flights", "statistics", "filters", "alerts"]) {
        await page.evaluate((wanted) => {
          window.history.replaceState(null, "", `?view=split&tab=${wanted}`);
          window.dispatchEvent(new PopStateEvent("popstate"));
        }, tab);
        await page.getByRole("tabpanel").locator("> *").first().waitFor();
        await page.waitForTimeout(1_200);
        await check(page, name(tab));
      }
      const address = await page.evaluate(() => window.__flights.shown()[0]);
      await page.evaluate((icao24) => {
        window.history.replaceState(null, "", `?view=map&flight=${icao24}`);
        window.dispatchEvent(new PopStateEvent("popstate"));
      }, address);
      await page.getByRole("region", { name: "Selected aircraft" }).waitFor();
      await page.waitForTimeout(1_200);
      await check(page, name("card"));
      await page.keyboard.press("Escape");
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
      await check(page, name("help"));
      await page.keyboard.press("Escape");
      await page.keyboard.press(",");
      await page.getByRole("dialog", { name: "Settings" }).waitFor();
      await check(page, name("settings"));
      await page.keyboard.press("Escape");
      await page.keyboard.press("r");
      await page.getByRole("region", { name: "Replay" }).waitFor();
      await page.waitForTimeout(500);
      await check(page, name("replay"));
    });
  }
}
assert.deepEqual(found, [], `axe found ${found.length}:\n${found.join("\n")}`);
