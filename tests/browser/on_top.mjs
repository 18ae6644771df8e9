// The selected aircraft is drawn above those that cover it, by both renderers.
import { assert, URL_OF_PAGE, withPage } from "./page.mjs";

const OPAQUE = 250;
const NEAR_PX = 3;

/** Colours of the opaque pixels around an aircraft, as the renderer draws them now. */
const around = (page, icao24) =>
  page.evaluate(
    async ({ address, opaque }) => {
      const flights = document.querySelector(".flight-canvas");
      const copy = document.createElement("canvas");
      const side = 24;
      copy.width = copy.height = side;
      const context = copy.getContext("2d");
      const map = document.querySelector(".leaflet-container");
      // The layer has requested its next frame before, so it has drawn when this runs.
      map.dispatchEvent(
        new PointerEvent("pointermove", { pointerType: "mouse", clientX: 0, clientY: 0, bubbles: true }),
      );
      await new Promise(requestAnimationFrame);
      const { x, y } = window.__flights.rowsFor(address);
      context.drawImage(flights, Math.round(x) - side / 2, Math.round(y) - side / 2, side, side, 0, 0, side, side);
      const { data } = context.getImageData(0, 0, side, side);
      return Array.from({ length: side * side }, (_, i) =>
        data[4 * i + 3] >= opaque ? [...data.subarray(4 * i, 4 * i + 3)] : null,
      );
    },
    { address: icao24, opaque: OPAQUE },
  );

// On the ground of an airport, several aircraft lie on each other. From zoom 8 on, their size does not depend on how many are shown.
const { flights } = await (await fetch(new URL("/api/v1/flights?where=ground&limit=3000", URL_OF_PAGE))).json();
const byPlace = new Map();
for (const { latitude_deg: latitude, longitude_deg: longitude } of flights) {
  const key = `${latitude.toFixed(2)},${longitude.toFixed(2)}`;
  byPlace.set(key, (byPlace.get(key) ?? 0) + 1);
}
const [place] = [...byPlace].reduce((a, b) => (b[1] > a[1] ? b : a));

for (const renderer of ["webgl2", "canvas"]) {
  const view = `/?view=map&at=${place},9&estimates=off&labels=off${renderer === "canvas" ? "&renderer=canvas" : ""}`;
  await withPage({ path: view }, async (page) => {
    await page.waitForFunction((kind) => window.__flights.renderer === kind, renderer);
    // Covered by one of a later row; `shown` is in the order of rows.
    const covered = await page.evaluate((near) => {
      const places = window.__flights.shown().map((icao24) => ({ icao24, ...window.__flights.rowsFor(icao24) }));
      const inView = places.filter(({ x, y }) => x > 500 && x < innerWidth - 100 && y > 100 && y < innerHeight - 100);
      const covers = (a) => (b) => Math.hypot(b.x - a.x, b.y - a.y) < near;
      return inView.find((aircraft, i) => inView.slice(i + 1).some(covers(aircraft)))?.icao24;
    }, NEAR_PX);
    assert.ok(covered, "no aircraft covers another");
    const show = async (more) => {
      await page.evaluate((query) => {
        history.replaceState(null, "", query);
        dispatchEvent(new PopStateEvent("popstate"));
      }, `${view}&flight=${covered}${more}`);
      await page.getByRole("region", { name: "Selected aircraft" }).waitFor();
      await page.waitForTimeout(700);
    };
    await show("&isolate=on");
    const alone = await around(page, covered);
    await show("");
    const among = await around(page, covered);
    const own = alone.flatMap((colour, i) => (colour === null ? [] : [[colour, among[i]]]));
    const same = own.filter(([a, b]) => b !== null && a.every((value, i) => Math.abs(value - b[i]) < 24));
    console.log(`${renderer}: ${same.length} of ${own.length} pixels of ${covered} are its own`);
    assert.ok(own.length > 20, "the aircraft is not drawn");
    assert.ok(same.length > 0.9 * own.length, `${renderer} draws others above the selected aircraft`);
  });
}
