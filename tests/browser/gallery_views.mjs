// The views of the gallery, by name: how to reach each from the one before.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { aircraftAppear, gateway, namesAppear } from "./page.mjs";
import { settle } from "./looks.mjs";

export const DEVICES = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
  tablet: { viewport: { width: 820, height: 1180 }, hasTouch: true, isMobile: true },
  laptop: { viewport: { width: 1440, height: 900 } },
  wall: { viewport: { width: 2560, height: 1440 } },
};
const FRANKFURT = "50.03,8.57";

async function go(page, query) {
  await page.evaluate((search) => {
    window.history.replaceState(null, "", search);
    window.dispatchEvent(new PopStateEvent("popstate"));
  }, query);
}

/** As `go`, but with a new page, for what is read only when the page loads: the place of the map. */
export async function load(page, query) {
  await page.goto(new URL(`/${query}`, page.url()).href);
  await aircraftAppear(page, 1);
  // Lakes, rivers and names of a near view come by themselves, after the first picture.
  const isDetailed = () => performance.getEntriesByType("resource").some(({ name }) => /waters/.test(name));
  const [, zoom = "0"] = /[?&]at=[^&]*,(\d+)/.exec(query) ?? [];
  if (Number(zoom) >= 4 && !/[?&]base=/.test(query)) await page.waitForFunction(isDetailed);
}

/** Press a shortcut of the page, independent of the focus. */
async function press(page, key) {
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press(key);
}

const card = (page) => page.getByRole("region", { name: "Selected aircraft" });
const openOptions = (page) => page.getByRole("button", { name: "Map options" }).click();

/** Select an aircraft with a route, whose address ends in one of some digits. */
async function select(page, query, lastDigits = "0123456789abcdef") {
  const icao24 = await page.evaluate(async (digits) => {
    const { flights } = await (await fetch("/api/v1/flights?bbox=-10,36,28,60&limit=500")).json();
    const wanted = flights.filter(({ icao24: address }) => digits.includes(address.at(-1)));
    const known = wanted.filter(({ origin, destination }) => origin && destination);
    return (known.find(({ status }) => status === "climbing") ?? known[0] ?? wanted[0]).icao24;
  }, lastDigits);
  await go(page, `${query}&flight=${icao24}`);
  await card(page).waitFor();
  await page.getByRole("button", { name: "Show on the map" }).click();
  await card(page).getByRole("img", { name: /^Altitude and speed/ }).waitFor();
}

/** Add a rule that fits aircraft which are there, and wait for its message. */
export async function alerted(page, query) {
  await load(page, query);
  const form = new URLSearchParams(query);
  form.set("view", "split");
  form.set("tab", "alerts");
  await go(page, `?${form}`);
  // A kiosk has it in the document, hidden.
  const field = page.locator("form[aria-label='New rule'] input[type=text], form[aria-label='New rule'] input:not([type])").first();
  await field.waitFor({ state: "attached" });
  await field.evaluate((input) => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, "DLH*");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  // In one task with the way back: an open tab of alerts has read them.
  await field.evaluate((input, search) => {
    input.form.requestSubmit();
    window.history.replaceState(null, "", search);
    window.dispatchEvent(new PopStateEvent("popstate"));
  }, query);
  await page.getByTestId("alert").waitFor();
}

async function measure(page) {
  await press(page, "m");
  await page.getByRole("region", { name: "Measure a distance" }).waitFor();
  await clickMap(page, [0.3, 0.5], [0.6, 0.4], [0.7, 0.5]);
}

async function clickMap(page, ...shares) {
  const map = page.locator(".leaflet-container");
  const { width, height } = await map.boundingBox();
  for (const [x, y] of shares) {
    await map.click({ position: { x: width * x, y: height * y } });
    await page.waitForTimeout(300); // two clicks within Leaflet's 200 ms would be a double click
  }
}

/** Drop a file onto the map, as a file manager does. */
async function drop(page, path) {
  const transfer = await page.evaluateHandle(
    ([name, text]) => {
      const data = new DataTransfer();
      data.items.add(new File([text], name));
      return data;
    },
    [path.split("/").at(-1), readFileSync(path, "utf8")],
  );
  for (const type of ["dragover", "drop"]) await page.dispatchEvent(".leaflet-container", type, { dataTransfer: transfer });
}

/** A moment that the history has. */
async function pastTime(page, minutesAgo) {
  const history = await page.evaluate(async () => (await fetch("/api/v1/history")).json());
  return new Date(Math.max(history.from + 60_000, Date.now() - minutesAgo * 60_000)).toISOString();
}

const clear = async (page) => {
  await page.evaluate(() => localStorage.removeItem("flighttracker.alerts"));
  await press(page, "Escape");
  await press(page, "Escape");
  const hints = page.getByRole("button", { name: "Close this message" });
  while ((await hints.count()) > 0) await hints.first().click();
};

const views = {
  map: (page) => go(page, "?view=map"),
  split: async (page) => {
    await go(page, "?view=split&sort=-altitude");
    await namesAppear(page);
  },
  groups: async (page) => {
    await go(page, "?view=split&group=airline");
    await page.locator("[data-group]").first().click();
  },
  columns: async (page) => {
    await go(page, "?view=split");
    await page.getByRole("button", { name: "Columns" }).click();
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
  photo: async (page) => {
    // Those whose address is even have one.
    await select(page, "?view=map", "02468ace");
    await page.waitForFunction(() => document.querySelector("[data-testid=photo] img")?.getBoundingClientRect().height > 60);
  },
  facts: async (page) => {
    await select(page, "?view=map");
    const all = card(page).getByText("All values");
    await all.click();
    await all.scrollIntoViewIfNeeded();
  },
  labels: (page) => load(page, "?view=map&at=50,8,7&trails=on"),
  hover: async (page) => {
    await load(page, "?view=map&at=50,8,6");
    const place = await page.evaluate(() => {
      const { width, height } = document.querySelector(".leaflet-container").getBoundingClientRect();
      const places = window.__flights.shown().map((icao24) => window.__flights.rowsFor(icao24));
      return places.find(({ x, y }) => x > 0.3 * width && x < 0.7 * width && y > 0.3 * height && y < 0.7 * height);
    });
    const { x, y } = await page.locator(".leaflet-container").boundingBox();
    await page.mouse.move(x + place.x, y + place.y);
  },
  options: async (page) => {
    await load(page, "?view=map");
    await openOptions(page);
    await page.getByText("Open a file …").waitFor();
  },
  "options-split": async (page) => {
    await go(page, "?view=split");
    await openOptions(page);
    await page.getByText("Open a file …").waitFor();
  },
  speed: (page) => load(page, "?view=map&at=50,8,5&colours=speed"),
  category: (page) => load(page, "?view=map&at=50,8,5&colours=category"),
  night: (page) => load(page, "?view=map&at=30,10,3&night=on&graticule=on"),
  "base-map": async (page) => {
    await load(page, `?view=map&at=${FRANKFURT},10&base=Frankfurt`);
    await page.locator(".pmtiles canvas").first().waitFor({ state: "attached" });
  },
  overlays: async (page) => {
    await load(page, `?view=map&at=${FRANKFURT},8`);
    await drop(page, join(process.env.FILES, "waypoints.geojson"));
    await openOptions(page);
    await page.getByRole("button", { name: /^waypoints\.geojson/ }).scrollIntoViewIfNeeded();
  },
  popup: async (page) => {
    await load(page, `?view=map&at=${FRANKFURT},8`);
    for (const y of [0.42, 0.46, 0.54, 0.58]) {
      // An aircraft or an airport may be at one of these places.
      await clickMap(page, [0.5, y]);
      if ((await page.locator(".overlay-popup").count()) > 0) break;
      await press(page, "Escape");
    }
    await page.locator(".overlay-popup").waitFor();
  },
  heat: async (page) => {
    // A wall screen shows too much of the world at 7.
    await load(page, `?view=map&at=${FRANKFURT},8&heat=on`);
    await page.waitForFunction(() =>
      [...document.querySelectorAll(".heat-tiles canvas")].some((canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return data.some((value, i) => i % 4 === 3 && value > 0);
      }),
    );
  },
  runways: (page) => load(page, `?view=map&at=${FRANKFURT},13`),
  airport: async (page) => {
    await go(page, "?view=split&tab=airport&board=EGLL");
    await page.getByRole("region", { name: "Runways" }).waitFor();
  },
  nearby: async (page) => {
    await load(page, `?view=split&tab=nearby&at=${FRANKFURT},7`);
    await page.getByRole("button", { name: "Use my location" }).waitFor();
  },
  fence: async (page) => {
    await load(page, "?view=split&tab=alerts&at=50,8,6");
    const form = page.getByRole("form", { name: "New rule" });
    await form.getByRole("combobox", { name: "Kind" }).selectOption("circle");
    await form.getByRole("textbox", { name: "Name of the area" }).fill("home");
    await form.getByRole("button", { name: "Draw on the map" }).click();
    await clickMap(page, [0.4, 0.5], [0.6, 0.6]);
    await form.getByText(/^Circle of/).waitFor();
    await form.getByRole("button", { name: "Add rule" }).click();
  },
  "fence-form": async (page) => {
    await load(page, "?view=split&tab=alerts&at=50,8,6");
    const form = page.getByRole("form", { name: "New rule" });
    await form.getByRole("combobox", { name: "Kind" }).selectOption("polygon");
    await form.getByText("Limits: altitude").click();
    await form.getByRole("button", { name: "Add rule" }).click();
    await form.getByRole("alert").filter({ hasText: /./ }).first().waitFor();
  },
  drawing: async (page) => {
    await load(page, "?view=split&tab=alerts&at=50,8,6");
    const form = page.getByRole("form", { name: "New rule" });
    await form.getByRole("combobox", { name: "Kind" }).selectOption("polygon");
    await form.getByRole("button", { name: "Draw on the map" }).click();
    await clickMap(page, [0.3, 0.3], [0.7, 0.35], [0.5, 0.45]);
  },
  measure: async (page) => {
    await load(page, "?view=map&at=50,8,5");
    await measure(page);
  },
  "measure-alert": async (page) => {
    await alerted(page, "?view=map&at=50,8,5");
    await measure(page);
  },
  past: async (page) => {
    await load(page, `?view=split&at=50,8,5&time=${await pastTime(page, 20)}`);
    await page.locator('main[data-past="true"]:not([data-waiting="true"])').waitFor();
  },
  jump: async (page) => {
    await load(page, `?view=map&at=50,8,5&time=${await pastTime(page, 20)}`);
    await page.locator('main[data-past="true"]:not([data-waiting="true"])').waitFor();
    await page.getByRole("button", { name: /^Go to a time/ }).click();
    await page.getByRole("form", { name: "Go to a time" }).waitFor();
  },
  several: async (page) => {
    await load(page, "?view=map&at=50,8,5");
    const few = await page.evaluate(() => window.__flights.shown().slice(0, 3).join());
    await load(page, `?view=map&at=50,8,5&also=${few}`);
    await page.getByRole("list", { name: "Further selected aircraft" }).waitFor();
  },
  "several-alert": async (page) => {
    const few = await page.evaluate(() => window.__flights.shown().slice(0, 3).join());
    await alerted(page, `?view=map&at=50,8,5&also=${few}`);
    await page.getByRole("list", { name: "Further selected aircraft" }).waitFor();
  },
  search: async (page) => {
    await load(page, "?view=split");
    await press(page, "/");
    await page.getByRole("combobox", { name: /^Flight/ }).fill("lon");
    await page.getByRole("group", { name: "Airports" }).waitFor();
  },
  menu: async (page) => {
    const more = page.getByRole("button", { name: "More", exact: true });
    if (await more.isVisible()) await more.click();
  },
  kiosk: (page) => load(page, "?kiosk=50,8,6"),
  "kiosk-alert": (page) => alerted(page, "?kiosk=50,8,6"),
  "kiosk-follow": async (page) => {
    await load(page, "?kiosk=follow");
    await page.waitForFunction(() => new URLSearchParams(location.search).get("follow") === "on");
  },
  help: async (page) => {
    await load(page, "?view=map");
    await page.getByRole("button", { name: "Map options" }).waitFor();
    await press(page, "?");
    await page.getByRole("dialog").waitFor();
  },
  settings: async (page) => {
    await press(page, ",");
    await page.getByRole("dialog").waitFor();
  },
  "no-match": (page) => go(page, "?view=split&q=nobody"),
  "not-found": async (page) => {
    await page.goto(new URL("/nothing/here", page.url()).href);
    await page.waitForLoadState();
  },
};

/** Each with nothing open from the one before. */
export const VIEWS = Object.fromEntries(
  Object.entries(views).map(([name, open]) => [
    name,
    async (page) => {
      if (new URL(page.url()).pathname === "/") await clear(page);
      else await load(page, "?view=map");
      await open(page);
    },
  ]),
);

/** States that the gateway causes; last, because they change the page permanently. */
export const STATES = {
  stale: async (page) => {
    await gateway("freeze");
    // The page waits 15 s before it says so.
    await page.getByTestId("banner").waitFor();
  },
  lost: async (page) => {
    await gateway("thaw");
    await page.getByTestId("connection").filter({ hasText: "Live" }).waitFor();
    await gateway("kill");
    await page.getByTestId("banner").waitFor();
  },
  offline: async (page) => {
    await settle(page);
    await page.context().setOffline(true);
    await page.reload();
    await page.getByTestId("banner").filter({ hasText: "This device is offline." }).waitFor();
  },
};
