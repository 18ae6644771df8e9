// The GPU draws an aircraft where the arithmetic in TypeScript places it: one single aircraft, whose pixels are read back.
import { assert, filterByText, withPage } from "./page.mjs";

await withPage({}, async (page) => {
  assert.equal(await page.evaluate(() => window.__flights.renderer), "webgl2");
  // Airborne and recent: aircraft on the ground are small and grey, and old positions are half transparent.
  const icao24 = await page.evaluate(async () => {
    const { flights } = await (await fetch("/api/v1/flights?status=cruising&limit=500")).json();
    const isInside = (place) => place !== null && place.x > 100 && place.x < 800 && place.y > 100 && place.y < 700;
    return flights.find((flight) => isInside(window.__flights.rowsFor(flight.icao24)))?.icao24;
  });
  assert.ok(icao24, "nobody is cruising in the view");
  await filterByText(page, icao24);
  await page.waitForFunction(() => window.__flights.count().shown === 1);
  const { drawn, expected } = await page.evaluate(async (address) => {
    const map = document.querySelector(".leaflet-container");
    const flights = document.querySelector(".flight-canvas");
    const copy = document.createElement("canvas");
    copy.width = flights.width;
    copy.height = flights.height;
    const context = copy.getContext("2d");
    // The layer has requested its next frame before, so it has drawn when this runs.
    map.dispatchEvent(new PointerEvent("pointermove", { pointerType: "mouse", clientX: 0, clientY: 0, bubbles: true }));
    await new Promise(requestAnimationFrame);
    context.drawImage(flights, 0, 0);
    const place = window.__flights.rowsFor(address);
    const { data } = context.getImageData(0, 0, copy.width, copy.height);
    let weight = 0;
    let x = 0;
    let y = 0;
    for (let i = 3; i < data.length; i += 4) {
      weight += data[i];
      x += data[i] * (((i - 3) / 4) % copy.width);
      y += data[i] * Math.floor((i - 3) / 4 / copy.width);
    }
    return { drawn: { x: x / weight, y: y / weight, weight }, expected: place };
  }, icao24);
  console.log(`drawn at ${drawn.x.toFixed(1)}, ${drawn.y.toFixed(1)}; expected at ${expected.x.toFixed(1)}, ${expected.y.toFixed(1)}`);
  assert.ok(drawn.weight > 255 * 20, "no aircraft was drawn");
  assert.ok(Math.hypot(drawn.x - expected.x, drawn.y - expected.y) < 3, "it is not where it should be");
});
