// Axe finds nothing against WCAG 2.2 AA in any view, in both themes, on a laptop and on a phone.
import { createRequire } from "node:module";
import { assert, withPage } from "./page.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const AXE = require.resolve("axe-core/axe.min.js");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const CONTRAST = ["color-contrast", "link-in-text-block"];

const found = [];
async function check(page, view, runOnly) {
  // Through the debugger: the page's own policy lets no foreign script in.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(await source());
  const violations = await page.evaluate(async (only) => {
    const { violations: all } = await window.axe.run(document, { runOnly: only });
    return all.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 140)).join(" | ")}`);
  }, runOnly);
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

/** Every rule in the dark; in the light only what a theme can change. */
async function checkInBothThemes(page, view) {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.locator("html[data-theme=dark]").waitFor({ state: "attached" });
  await check(page, `${view}, dark`, { type: "tag", values: TAGS });
  await page.emulateMedia({ colorScheme: "light" });
  await page.locator("html[data-theme=light]").waitFor({ state: "attached" });
  await check(page, `${view}, light`, { type: "rule", values: CONTRAST });
}

for (const [device, options] of Object.entries(DEVICES)) {
  await withPage(options, async (page) => {
    const look = (view) => checkInBothThemes(page, `${device} ${view}`);
    const go = (query) =>
      page.evaluate((wanted) => {
        window.history.replaceState(null, "", wanted);
        window.dispatchEvent(new PopStateEvent("popstate"));
      }, query);
    await look("map");
    const parts = {
      flights: page.getByRole("row").nth(2),
      statistics: page.getByRole("img", { name: /^Received per second: now/ }),
      filters: page.getByRole("group", { name: "Operator" }),
      alerts: page.getByRole("form", { name: "New rule" }),
    };
    for (const [tab, part] of Object.entries(parts)) {
      await go(`?view=split&tab=${tab}`);
      await part.waitFor();
      await look(tab);
    }
    await go("?view=split");
    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByRole("group", { name: "Columns" }).waitFor();
    await look("columns");
    const address = await page.evaluate(() => window.__flights.shown()[0]);
    await go(`?view=map&flight=${address}`);
    const card = page.getByRole("region", { name: "Selected aircraft" });
    await card.waitFor();
    if (device === "phone") await card.getByRole("button", { name: "All fields" }).click();
    await card.getByRole("img", { name: /^Altitude and speed over the last/ }).waitFor();
    await look("card");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    await look("help");
    await page.keyboard.press("Escape");
    await page.keyboard.press(",");
    await page.getByRole("dialog", { name: "Settings" }).waitFor();
    await look("settings");
    await page.keyboard.press("Escape");
    await page.keyboard.press("r");
    await page.getByRole("region", { name: "Replay" }).waitFor();
    await look("replay");
  });
}
assert.deepEqual(found, [], `axe found ${found.length}:\n${found.join("\n")}`);
