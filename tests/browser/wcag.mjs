// Axe's findings in a view of the page: WCAG 2.2 AA, in both themes.
import { createRequire } from "node:module";
import { assert } from "./page.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const AXE = require.resolve("axe-core/axe.min.js");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const CONTRAST = ["color-contrast", "link-in-text-block"];

const found = [];
async function check(page, view, runOnly) {
  // Through the debugger, because the page's policy blocks foreign scripts.
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

/** All rules in the dark theme; in the light theme only those that depend on the theme. */
export async function checkInBothThemes(page, view) {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.locator("html[data-theme=dark]").waitFor({ state: "attached" });
  await check(page, `${view}, dark`, { type: "tag", values: TAGS });
  await page.emulateMedia({ colorScheme: "light" });
  await page.locator("html[data-theme=light]").waitFor({ state: "attached" });
  await check(page, `${view}, light`, { type: "rule", values: CONTRAST });
}

/** Throw an error with the findings of all views so far. */
export function assertNothingFound() {
  assert.deepEqual(found, [], `axe found ${found.length}:\n${found.join("\n")}`);
}
