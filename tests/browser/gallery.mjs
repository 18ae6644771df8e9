// Screenshots of every view for review, on a phone, a tablet, a laptop and a wall screen, dark and light. `gallery.py` runs it
// against gateways with few and with many aircraft. DEVICES, THEMES and VIEWS (comma-separated names) select some.
import { join } from "node:path";
import { aircraftAppear, gateway, PICTURES, withPage } from "./page.mjs";

const DEVICES = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
  tablet: { viewport: { width: 820, height: 1180 }, hasTouch: true, isMobile: true },
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
  options: async (page) => {
    await go(page, "?view=map");
    await page.getByRole("button", { name: "Map options" }).click();
  },
  airport: async (page) => {
    await press("Escape")(page);
    await go(page, "?view=split&tab=airport&board=EGLL");
    await page.getByRole("region", { name: "Runways" }).waitFor();
  },
  nearby: (page) => go(page, "?view=split&tab=nearby&at=50.03,8.57,7"),
  fence: async (page) => {
    await go(page, "?view=split&tab=alerts&at=50,8,6");
    const form = page.getByRole("form", { name: "New rule" });
    await form.getByRole("combobox", { name: "Kind" }).selectOption("circle");
    await form.getByRole("textbox", { name: "Value" }).fill("home");
    await form.getByRole("button", { name: "Draw on the map" }).click();
    const map = page.locator(".leaflet-container");
    const { width, height } = await map.boundingBox();
    await map.click({ position: { x: width * 0.4, y: height * 0.5 } });
    await page.waitForTimeout(300); // two clicks within Leaflet's 200 ms would be a double click
    await map.click({ position: { x: width * 0.6, y: height * 0.6 } });
    await form.getByText(/^Circle of/).waitFor();
    await form.getByRole("button", { name: "Add rule" }).click();
  },
  past: async (page) => {
    // A young tracker has kept nothing a minute ago.
    let history;
    do {
      await page.waitForTimeout(2_000);
      history = await page.evaluate(async () => (await fetch("/api/v1/history")).json());
    } while (history.to - history.from < 20_000);
    const time = new Date(history.to - 5_000).toISOString();
    await page.goto(new URL(`/?view=split&time=${time}`, page.url()).href);
    await page.locator('main[data-past="true"]:not([data-waiting="true"])').waitFor();
  },
  several: async (page) => {
    await page.goto(new URL("/?view=map", page.url()).href);
    await aircraftAppear(page);
    const few = await page.evaluate(() => window.__flights.shown().slice(0, 3).join());
    await page.goto(new URL(`/?view=map&also=${few}`, page.url()).href);
    await page.getByRole("list", { name: "Further selected aircraft" }).waitFor();
  },
  search: async (page) => {
    await go(page, "?view=split");
    await press("/")(page);
    await page.getByRole("combobox", { name: /^Flight/ }).fill("lon");
  },
  kiosk: async (page) => {
    await press("Escape")(page);
    await page.goto(new URL("/?kiosk=50,8,6", page.url()).href);
  },
  help: async (page) => {
    await page.goto(new URL("/?view=map", page.url()).href);
    await page.getByRole("button", { name: "Map options" }).waitFor();
    await press("?")(page);
  },
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
