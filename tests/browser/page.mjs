// Shared by all scenarios: Chromium with the page, and functions to inspect it. A scenario is a script that throws if the
// page is wrong; test_page.py starts it and shows its output.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
export const { chromium: playwright } = require("playwright-core");

export const URL_OF_PAGE = process.env.PAGE_URL;
export const PICTURES = process.env.PICTURES_DIRECTORY;
// Only what hangs takes so long; beside the other lane of CI a page can take half a minute to load.
const WAIT_MS = 60_000;
const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Allow WebGL without a GPU; compositing is left to the browser, as for real users.
  "--enable-unsafe-swiftshader",
];

export const launchOptions = (flags = []) => ({ executablePath: process.env.CHROMIUM, args: [...FLAGS, ...flags] });

/** The browser of the test run (browser_server.mjs) with a new context, or the scenario's own browser if there is none. */
export function openBrowser(flags) {
  const shared = process.env.BROWSER;
  return shared && flags.length === 0 ? playwright.connect(shared) : playwright.launch(launchOptions(flags));
}

/**
 * Run a scenario in a fresh context; `options` are Playwright's, `flags` more of Chromium's. It begins when more than
 * `fewest` aircraft are shown. `prepare` gets the page before it loads anything.
 */
export async function withPage({ flags = [], path = "/", fewest = 100, prepare, ...options }, scenario) {
  const browser = await openBrowser(flags);
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "dark", locale: "en-GB", ...options });
    const page = await context.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.setDefaultTimeout(WAIT_MS);
    await prepare?.(page);
    await page.goto(new URL(path, URL_OF_PAGE).href);
    const said = [];
    page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
    await aircraftAppear(page, fewest);
    await scenario(page).catch(async (error) => {
      const lines = ["the page showed:", ...(await visibleText(page)).split("\n"), "its last console messages:", ...said.slice(-10)];
      for (const line of lines) console.error(`  ${line}`);
      throw error;
    });
    assert.deepEqual(errors, [], "the page threw");
  } finally {
    await browser.close();
  }
}

const visibleText = (page) => page.evaluate(() => document.body.innerText.slice(0, 3_000)).catch((error) => String(error));

/** Milliseconds from the navigation to the frame after the first picture. The page marks it, because polling would cost frames. */
export function firstPictureMs(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const watch = (list) => {
          for (const { startTime } of list.getEntriesByName("first picture")) resolve(startTime);
        };
        new PerformanceObserver(watch).observe({ type: "mark", buffered: true });
      }),
  );
}

export async function aircraftAppear(page, fewest = 100) {
  const appeared = (few) => few === 0 || ((window.__flights?.count().shown ?? 0) >= few && window.__flights.renderer !== null);
  await page.waitForFunction(appeared, fewest, { timeout: WAIT_MS });
}

/** Wait for the callsigns in the table: names come after the first picture. */
export async function namesAppear(page) {
  const isNamed = () => /\w/.test(document.querySelector('[role="row"][data-icao24]')?.firstElementChild?.textContent ?? "");
  await page.waitForFunction(isNamed);
}

/** Open the search and type into it; returns its field. */
export async function search(page, text) {
  await page.getByRole("button", { name: /^Search/ }).click();
  const field = page.getByRole("combobox", { name: /^Flight, registration/ });
  await field.fill(text);
  return field;
}

/** Show only the aircraft that a text matches. */
export async function filterByText(page, text) {
  await search(page, text);
  await page.getByRole("option", { name: /^Only aircraft (with|that match)/ }).click();
}

export function count(page) {
  return page.evaluate(() => window.__flights.count());
}

export function phase(page) {
  return page.evaluate(() => window.__flights.connection().phase);
}

/** Ask the test to do something with its gateway; returns when it is done. */
export async function gateway(action) {
  console.log(`gateway ${action}`);
  const lines = createInterface({ input: process.stdin });
  await new Promise((resolve) => lines.once("line", resolve));
  lines.close();
}

export { assert };
