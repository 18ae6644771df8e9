// Axe finds nothing against WCAG 2.2 AA in any view, in both themes, on a laptop, a tablet and a phone.
import { withPage } from "./page.mjs";
import { assertNothingFound, checkInBothThemes } from "./wcag.mjs";

const DEVICES = {
  laptop: { viewport: { width: 1440, height: 900 } },
  tablet: { viewport: { width: 820, height: 1180 }, hasTouch: true, isMobile: true },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};

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
      statistics: page.getByRole("img", { name: /^Aircraft shown: now/ }),
      "statistics&statistics=connection": page.getByRole("img", { name: /^Received per second: now/ }),
      filters: page.getByRole("group", { name: "Operator" }),
      alerts: page.getByRole("form", { name: "New rule" }),
      nearby: page.getByRole("button", { name: "Use my location" }),
    };
    for (const [tab, part] of Object.entries(parts)) {
      await go(`?view=split&tab=${tab}`);
      await part.waitFor();
      await look(tab);
    }
    await go("?view=split&tab=airport&board=EGLL");
    await page.getByRole("region", { name: "Runways" }).waitFor();
    await look("airport");
    await go("?view=split");
    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByRole("group", { name: "Columns" }).waitFor();
    await look("columns");
    await page.keyboard.press("Escape");
    await go("?view=split&group=country");
    await page.locator("[data-group]").first().click();
    await look("groups");
    const address = await page.evaluate(() => window.__flights.shown()[0]);
    await go(`?view=map&flight=${address}`);
    const card = page.getByRole("region", { name: "Selected aircraft" });
    await card.waitFor();
    await card.getByRole("img", { name: /^Altitude and speed over the last/ }).waitFor();
    await card.getByText("All values").click();
    await look("card");
    await page.keyboard.press("Escape");
    const several = await page.evaluate(() => window.__flights.shown().slice(0, 3).join());
    await page.goto(new URL(`/?view=map&also=${several}`, page.url()).href);
    await page.getByRole("list", { name: "Further selected aircraft" }).waitFor();
    await look("several");
    await go("?view=map");
    await page.getByRole("button", { name: "Map options" }).click();
    await page.getByRole("switch", { name: "Airports" }).waitFor();
    await look("map options");
    await page.keyboard.press("Escape");
    await page.keyboard.press("/");
    await page.getByRole("combobox", { name: /^Flight/ }).fill("paris");
    await page.getByRole("group", { name: "Airports" }).waitFor();
    await look("search");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    await look("help");
    await page.keyboard.press("Escape");
    await page.keyboard.press(",");
    await page.getByRole("dialog", { name: "Settings" }).waitFor();
    await look("settings");
    await page.keyboard.press("Escape");
    await page.goto(new URL("/?kiosk=50,8,6", page.url()).href);
    await page.getByRole("region", { name: "Kiosk mode" }).waitFor();
    await look("kiosk");
  });
}
assertNothingFound();
