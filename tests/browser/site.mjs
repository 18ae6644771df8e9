// Every page of the documentation, on a laptop and on a phone: it has its title, its pictures load, nothing of it is
// wider than the window, and it asks no other server. With PICTURES_DIRECTORY it also takes a picture of each.
import { join } from "node:path";
import { assert, openBrowser, PICTURES, URL_OF_PAGE } from "./page.mjs";

const DEVICES = {
  laptop: { viewport: { width: 1440, height: 900 }, colorScheme: "light" },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, colorScheme: "dark" },
};
const pages = JSON.parse(process.env.SITE_PAGES);

/** What is wrong with the page that is loaded. */
const mistakes = () => {
  const found = [];
  if (!document.querySelector("h1")?.textContent.trim()) found.push("no heading");
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  if (wide > 0) found.push(`${wide} px wider than the window`);
  for (const image of document.images) if (image.complete && image.naturalWidth === 0) found.push(`no picture ${image.src}`);
  return found;
};

const browser = await openBrowser([]);
const wrong = [];
try {
  for (const [device, options] of Object.entries(DEVICES)) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const here = new URL(URL_OF_PAGE).origin;
    let name;
    page.on("pageerror", (error) => wrong.push(`${device} ${name}: threw ${error.message}`));
    page.on("request", (request) => {
      if (new URL(request.url()).protocol.startsWith("http") && !request.url().startsWith(here)) wrong.push(`${device} ${name}: asked ${request.url()}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 400) wrong.push(`${device} ${name}: ${response.status()} for ${response.url()}`);
    });
    for (name of pages) {
      await page.goto(new URL(name, URL_OF_PAGE).href);
      wrong.push(...(await page.evaluate(mistakes)).map((mistake) => `${device} ${name}: ${mistake}`));
      if (PICTURES) await page.screenshot({ path: join(PICTURES, `${device}-${name.replaceAll("/", "-")}.png`) });
    }
    await context.close();
  }
} finally {
  await browser.close();
}
assert.deepEqual(wrong, [], wrong.join("\n"));
console.log(`${pages.length} pages on ${Object.keys(DEVICES).length} devices`);
