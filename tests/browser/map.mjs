// The functions of the map, by buttons and by address: labels, airports, trails, route, follow, isolate, fit, and showing
// only received positions.
import { assert, withPage } from "./page.mjs";

const labels = (page) => page.evaluate(() => Number(document.querySelector(".label-canvas").dataset.labels ?? 0));
const place = (page, icao24) => page.evaluate((address) => window.__flights.rowsFor(address), icao24);
const inAddress = (page, name, value) =>
  page.waitForFunction(([key, word]) => new URLSearchParams(location.search).get(key) === word, [name, value]);
const button = (page, name) => page.getByRole("button", { name, exact: true });

/** An airborne airliner with known origin and destination, from the gateway. */
async function airliner(page) {
  const flight = await page.evaluate(async () => {
    const { flights } = await (await fetch("/api/v1/flights?status=cruising&limit=500")).json();
    const isCrossing = ({ longitude_deg }) => Math.abs(longitude_deg) > 150;
    return flights.find((one) => one.origin && one.destination && one.ground_speed_mps > 200 && !isCrossing(one));
  });
  assert.ok(flight, "nobody is cruising");
  return flight;
}

async function inkOfAirports(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll(".airport-tiles canvas")].reduce((total, tile) => {
      const { data } = tile.getContext("2d").getImageData(0, 0, tile.width, tile.height);
      let inked = 0;
      for (let i = 3; i < data.length; i += 4) if (data[i] > 128) inked++;
      return total + inked;
    }, 0),
  );
}

await withPage({ path: "/?view=map&at=48,9,6" }, async (page) => {
  await page.waitForFunction(() => document.querySelectorAll(".airport-tiles canvas").length > 0);
  await page.waitForFunction(() => document.querySelector(".label-canvas")?.dataset.labels !== undefined);
  assert.equal(await labels(page), 0, "labels where nobody can read them");
  const flight = await airliner(page);

  // By keyboard: the options open, a switch changes map and address, Escape closes them and nothing else.
  await button(page, "Map options").focus();
  await page.keyboard.press("Enter");
  const airports = page.getByRole("switch", { name: "Airports" });
  assert.ok((await inkOfAirports(page)) > 500, "no airports");
  await airports.focus();
  await page.keyboard.press("Space");
  await inAddress(page, "airports", "off");
  await page.waitForFunction(() => document.querySelectorAll(".airport-tiles canvas").length === 0);
  await page.getByRole("switch", { name: "Trails of all aircraft" }).click();
  await inAddress(page, "trails", "on");
  await page.waitForFunction(() => Number(document.querySelector(".flight-canvas").dataset.trailPoints) > 20);
  await page.keyboard.press("Escape");
  await airports.waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Map options");

  // A search selects an aircraft; its route connects the airports.
  await page.goto(new URL(`/?view=map&flight=${flight.icao24}`, page.url()).href);
  await page.waitForFunction((address) => window.__flights?.rowsFor(address) != null, flight.icao24);
  await button(page, "Show the whole route").click();
  // The address has the place where the map stopped.
  await page.waitForFunction(() => new URLSearchParams(location.search).has("at"));
  // A path with a line in it; a straight one is as short as "M700 300L705 420".
  await page.waitForFunction(() => document.querySelector(".route-ahead")?.getAttribute("d")?.includes("L"));
  // Each end is named once: by the map, or by a label of the route.
  const route = page.getByRole("region", { name: "Selected aircraft" }).locator("p[title]", { hasText: /^(From|To) / });
  await route.nth(1).waitFor();
  const ends = await route.allTextContents();
  const codes = ends.map((text) => text.split(" ").at(-1));
  assert.ok(codes.length === 2 && codes.every((code) => /^[A-Z0-9]{3,4}$/.test(code)), `the ends are ${ends}`);
  const areNamedOnce = (wanted) => {
    const labels = [...document.querySelectorAll(".route-end")].map(({ textContent }) => textContent);
    const named = [...labels, ...window.__flights.texts().map(({ words }) => words)];
    return wanted.every((code) => named.filter((words) => words === code).length === 1);
  };
  await page.waitForFunction(areNamedOnce, codes);
  const { x, y } = await place(page, flight.icao24);
  const size = page.viewportSize();
  assert.ok(x > 0 && x < size.width && y > 0 && y < size.height, "the route is not in the view");
  await page.waitForFunction(() => Number(document.querySelector(".label-canvas").dataset.labels) >= 1);
  await page.waitForFunction(() => document.querySelectorAll(".leaflet-overlay-pane path.trail").length > 0);

  // While it is isolated, no other aircraft can be hovered.
  const others = await page.evaluate((own) => {
    const all = window.__flights.shown().filter((address) => address !== own);
    const far = (a, b) => Math.hypot(a.x - b.x, a.y - b.y) > 60;
    const self = window.__flights.rowsFor(own);
    const isFree = ({ x, y }) => x > 420 && x < innerWidth - 140 && y > 120 && y < innerHeight - 160;
    return all.filter((address) => {
      const one = window.__flights.rowsFor(address);
      return isFree(one) && far(one, self);
    });
  }, flight.icao24);
  const map = await page.locator(".leaflet-container").boundingBox();
  const point = async (address) => {
    const { x: atX, y: atY } = await place(page, address);
    await page.mouse.move(map.x + atX - 2, map.y + atY);
    await page.mouse.move(map.x + atX, map.y + atY);
  };
  const isOver = () => document.querySelector(".is-over-aircraft") !== null;
  assert.ok(others.length > 0, "no other aircraft is in the view");
  await point(others[0]);
  await page.waitForFunction(isOver);
  await button(page, "Show only this aircraft").click();
  await inAddress(page, "isolate", "on");
  await page.waitForFunction(() => document.querySelector(".label-canvas").dataset.labels === "1");
  await point(others[0]);
  await page.waitForTimeout(1_500);
  assert.equal(await page.evaluate(isOver), false, "a hidden aircraft can be pointed at");
  await page.mouse.move(5, 5);

  // While it is followed, it stays in the middle of what the card leaves free; moving the map ends that.
  await button(page, "Follow the aircraft").click();
  await inAddress(page, "follow", "on");
  const isCentred = (address) => {
    const shown = window.__flights.rowsFor(address);
    const { width, height } = document.querySelector(".leaflet-container").getBoundingClientRect();
    // The card is at the left.
    const { right } = document.querySelector(".detail-card").getBoundingClientRect();
    return Math.hypot(shown.x - (right + width) / 2, shown.y - height / 2) < 12;
  };
  await page.waitForFunction(isCentred, flight.icao24);
  await page.getByRole("button", { name: "Zoom in" }).click();
  await page.waitForTimeout(3_000);
  await page.waitForFunction(isCentred, flight.icao24);
  await page.locator(".leaflet-container").focus();
  await page.keyboard.press("ArrowLeft");
  await inAddress(page, "follow", null);
  await page.getByRole("region", { name: "Selected aircraft" }).getByRole("button", { name: "Close" }).click();
  await inAddress(page, "isolate", null);

  await button(page, "Show all aircraft").click();
  await page.waitForTimeout(1_500);
  const outside = await page.evaluate(() => {
    const { width, height } = document.querySelector(".leaflet-container").getBoundingClientRect();
    const places = window.__flights.shown().map((address) => window.__flights.rowsFor(address));
    return places.filter(({ x: atX, y: atY }) => atX < -5 || atX > width + 5 || atY < -5 || atY > height + 5).length;
  });
  assert.equal(outside, 0, "not all aircraft are in the view");
});

// Labels stand on another side of their aircraft where the right one has a name or a code.
await withPage({ path: "/?view=map&at=50,8,7" }, async (page) => {
  const numbers = () => page.evaluate(() => ({ ...document.querySelector(".label-canvas")?.dataset }));
  await page.waitForFunction(() => Number(document.querySelector(".label-canvas")?.dataset.labels ?? 0) > 10);
  await page.waitForFunction(() => Number(document.querySelector(".label-canvas").dataset.moved) > 0);
  const { labels: all, moved } = await numbers();
  assert.ok(Number(moved) < Number(all), `${moved} of ${all} labels are not on the right`);
});

await withPage({ path: "/?view=map&at=49.5,8,8&estimates=off&renderer=canvas&trails=on" }, async (page) => {
  await page.waitForFunction(() => Number(document.querySelector(".label-canvas")?.dataset.labels ?? 0) > 0);
  await page.waitForFunction(() => Number(document.querySelector(".flight-canvas").dataset.trailPoints) > 0);
  const flight = await airliner(page);
  const places = new Set();
  for (let i = 0; i < 25; i++) {
    const { latitudeDeg, longitudeDeg } = await place(page, flight.icao24);
    places.add(`${latitudeDeg} ${longitudeDeg}`);
    await page.waitForTimeout(100);
  }
  assert.ok(places.size <= 3, `an aircraft that is heard every 3 s was at ${places.size} places in 2.5 s`);
});
