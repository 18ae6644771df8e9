// Screenshots of every view for review, on a phone, a laptop and a wall screen, dark and light. `gallery.py` runs it
// against gateways with few and with many aircraft. DEVICES, THEMES and VIEWS (comma-separated names) select some.
import { join } from "node:path";
import { gateway, PICTURES, withPage } from "./page.mjs";

const DEVICES = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
  laptop: { viewport: { width: 1440, height: 900 } },
  wall: { viewport: { width: 2560, height: 1440 } },
};
const THEMES = ["dark", "light"];
/** Time for trails and history to grow; the first picture has none. */
const SETTLING_MS = Number(process.env.SETTLING_MS ?? 3_000);

const wanted = (names, variable) => names.filter((name) => (process.env[variable] ?? names.join()).split(",").includes(name));

async function select(page, query) {
  const icao24 = await page.evaluate(async () => {
    const { flights } = await (await fetch("/api/v1/flights?status=climbing&bbox=-10,36,28,60&limit=500")).json();
    const known = flights.filter(({ origin, destination }) => origin && destination);
    return (known[0] ?? flights[0])?.icao24 ?? window.__flights.shown()[0];
  });
  await go(page, `${query}&flight=${icao24}`);
  await page.getByRole("region", { name: "Selected aircraft" }).waitFor();
  const show = page.getByRole("button", { name: "Show on the map" });
  await show.click();
}

async function go(page, query) {
  await page.evaluate((search) => {
    window.history.replaceState(null, "", search);
    window.dispatchEvent(new PopStateEvent("popstate"));
  }, query);
}

/** Press a shortcut of the page, independent of the focus. */
const press = (key) => async (page) => {
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press(key);
};

/** By name: how to reach a view from the one before. */
const VIEWS = {
  map: (page) => go(page, "?view=map"),
  split: (page) => go(page, "?view=split&sort=-altitude"),
  groups: async (page) => {
    await go(page, "?view=split&group=airline");
    await page.locator("[data-group]").first().click();
  },
  table: (page) => go(page, "?view=table"),
  statistics: (page) => go(page, "?view=split&tab=statistics"),
  connection: (page) => go(page, "?view=split&tab=statistics&statistics=connection"),
  "statistics-wide": (page) => go(page, "?view=table&tab=statistics"),
  filters: (page) => go(page, "?view=split&tab=filters&status=cruising&min_altitude_ft=20000"),
  alerts: async (page) => {
    await go(page, "?view=split&tab=alerts");
    await page.getByRole("form", { name: "New rule" }).getByRole("textbox").fill("DLH*");
    await page.keyboard.press("Enter");
  },
  card: (page) => select(page, "?view=map"),
  "card-split": (page) => select(page, "?view=split&trails=on"),
  labels: (page) => page.goto(new URL("/?view=map&at=50,8,7&trails=on", page.url()).href),
  help: press("?"),
  settings: async (page) => {
    await press("Escape")(page);
    await press(",")(page);
  },
  "no-match": async (page) => {
    await press("Escape")(page);
    await go(page, "?view=split&q=nobody");
  },
};

/** States that the gateway causes; last, because they change the page permanently. */
const STATES = {
  stale: () => gateway("freeze"),
  lost: async (page) => {
    await gateway("thaw");
    await page.getByTestId("connection").filter({ hasText: "Live" }).waitFor();
    await gateway("kill");
    await page.getByTestId("banner").waitFor();
  },
  offline: async (page) => {
    await page.context().setOffline(true);
    await page.reload();
    await page.getByTestId("banner").filter({ hasText: "This device is offline." }).waitFor();
  },
};

for (const device of wanted(Object.keys(DEVICES), "DEVICES")) {
  for (const colorScheme of wanted(THEMES, "THEMES")) {
    await withPage({ ...DEVICES[device], colorScheme, fewest: 5 }, async (page) => {
      const picture = async (name) => {
        await page.waitForTimeout(1_500);
        await page.screenshot({ path: join(PICTURES, `${name}-${device}-${colorScheme}.png`) });
      };
      await page.waitForTimeout(SETTLING_MS);
      for (const name of wanted(Object.keys(VIEWS), "VIEWS")) {
        await VIEWS[name](page);
        await picture(name);
      }
      const states = wanted(Object.keys(STATES), "VIEWS");
      if (states.length > 0) await go(page, "?view=split");
      for (const name of states) {
        await STATES[name](page);
        if (name === "stale") await page.waitForTimeout(4_000);
        await picture(name);
      }
      if (states.length > 0) await gateway("start");
    });
  }
}
