// Large text and windows of every width, in all languages: no control of the page leaves the screen, and the header's
// parts do not lie on each other.
import { assert, withPage } from "./page.mjs";

const WIDTHS = [360, 768, 1024, 1152, 1280, 1366, 1440];
const TEXT_PERCENT = [100, 150, 200];

const outside = () => {
  const controls = [...document.querySelectorAll("header button, header input, [role=tab], .map-overlay button, .detail-card button, .leaflet-control a")];
  const shown = controls.filter((element) => element.checkVisibility());
  const name = (element) => element.getAttribute("aria-label") ?? element.textContent;
  const isOutside = (element) => {
    const { left, right } = element.getBoundingClientRect();
    // What scrolls sideways can be brought in.
    return (left < -1 || right > window.innerWidth + 1) && element.closest("[role=tablist]") === null;
  };
  const inHeader = shown.filter((element) => element.closest("header") !== null);
  const isOver = (one) =>
    inHeader.some((other) => {
      const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
      return other !== one && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
    });
  // All type follows the size of the page, which a browser or a wall screen makes larger.
  const smallestPx = 0.6 * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
  const small = [...document.body.querySelectorAll(":not(script, style, option, title)")].filter(
    (element) => hasText(element) && element.checkVisibility() && Number.parseFloat(getComputedStyle(element).fontSize) < smallestPx,
  );
  const map = document.querySelector(".map-area").getBoundingClientRect();
  const tabs = document.querySelector("[role=tablist]");
  // On a phone, a finger moves the tabs.
  const hasWidePanel = tabs !== null && getComputedStyle(tabs.closest(".panel")).position === "static";
  return [
    ...(hasWidePanel && tabs.scrollWidth > tabs.clientWidth ? ["the tabs are cut"] : []),
    ...shown.filter(isOutside).map((element) => `outside: ${name(element)}`),
    ...inHeader.filter(isOver).map((element) => `covered: ${name(element)}`),
    ...[...new Set(small.map((element) => `small: ${element.textContent.slice(0, 20)}`))],
    ...(document.documentElement.scrollWidth > window.innerWidth ? ["the page scrolls sideways"] : []),
    ...(map.width > 0 && map.width < 250 ? [`the map is ${Math.round(map.width)} px wide`] : []),
  ];
};

await withPage({ path: "/?view=split&at=48,9,6&graticule=on" }, async (page) => {
  const icao24 = await page.evaluate(() => window.__flights.shown()[0]);
  const found = [];
  for (const language of ["en", "de", "es", "fr"]) {
    await page.evaluate(
      (query) => {
        window.history.replaceState(null, "", query);
        window.dispatchEvent(new PopStateEvent("popstate"));
      },
      `?view=split&lang=${language}&flight=${icao24}&board=EGLL`,
    );
    await page.locator(`html[lang=${language}]`).waitFor({ state: "attached" });
    await page.locator(".detail-card").waitFor();
    for (const percent of TEXT_PERCENT) {
      await page.evaluate((size) => document.documentElement.style.setProperty("font-size", `${size}%`), percent);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        await page.waitForTimeout(60);
        const problems = await page.evaluate(outside);
        if (problems.length > 0) found.push(`${language}, ${width} px, ${percent} %: ${problems.join("; ")}`);
      }
    }
  }
  assert.deepEqual(found, []);
});
