// What axe says against a view of the page: WCAG 2.2 AA, in both themes.
import { createRequire } from "node:module";
import { assert } from "./page.mjs";

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

/** Every rule in the dark; in the light only what a theme can change. */
export async function checkInBothThemes(page, view) {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.locator("html[data-theme=dark]").waitFor({ state: "attached" });
  await check(page, `${view}, dark`, { type: "tag", values: TAGS });
  await page.emulateMedia({ colorScheme: "light" });
  await page.locator("html[data-theme=light]").waitFor({ state: "attached" });
  await check(page, `${view}, light`, { type: "rule", values: CONTRAST });
}

/** Throw what was found in all views until now. */
export function assertNothingFound() {
  assert.deepEqual(found, [], `axe found ${found.length}:\n${found.join("\n")}`);
}
