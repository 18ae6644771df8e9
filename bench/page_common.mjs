// The cost of the common approach (page_common/main.tsx) with AIRCRAFT aircraft. Prints one line of JSON.
import { launchOptions, playwright, URL_OF_PAGE } from "../tests/browser/page.mjs";
import { costOf } from "./page_cost.mjs";

const SECONDS = 15;
const LOAD_MS = 90_000;
const wanted = Number(process.env.AIRCRAFT);

const browser = await playwright.launch(launchOptions());
const context = await browser.newContext({ viewport: { width: 800, height: 600 } });
const page = await context.newPage();
const started = performance.now();
await page.goto(new URL(`/?aircraft=${wanted}`, URL_OF_PAGE).href);
await page.waitForFunction((least) => Number(document.body.dataset.aircraft) >= least, 0.95 * wanted, { timeout: LOAD_MS, polling: 250 });
const markers = await page.locator(".leaflet-marker-icon").count();
const firstPictureMs = performance.now() - started;
const figures = { aircraft: wanted, markers, first_picture_ms: firstPictureMs, ...(await costOf(page, SECONDS)) };
await browser.close();
console.log(JSON.stringify(figures));
