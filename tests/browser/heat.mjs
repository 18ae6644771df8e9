// Where aircraft flew: from the history, hour by hour, for a view that is not too wide; what was loaded is not asked for again.
import { assert, PICTURES, withPage } from "./page.mjs";

const ink = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll(".heat-tiles canvas")].reduce((sum, canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let inked = 0;
      for (let i = 3; i < data.length; i += 4) if (data[i] > 0) inked++;
      return sum + inked;
    }, 0),
  );
/** At least three cells of 64 pixels: half an hour of a flight is six places. */
async function drawn(page) {
  for (let round = 0; round < 100 && (await ink(page)) < 3 * 64; round++) await page.waitForTimeout(100);
  const pixels = await ink(page);
  assert.ok(pixels >= 3 * 64, `${pixels} pixels are coloured`);
}

await withPage({ path: "/?view=map" }, async (page) => {
  // Where an aircraft is that has flown for long.
  const place = await page.evaluate(async () => {
    const { flights } = await (await fetch("api/v1/flights?status=cruising&limit=300")).json();
    for (const { icao24 } of flights) {
      const now = Date.now();
      const { points } = await (await fetch(`api/v1/flights/${icao24}/track?from=${now - 3_600_000}&to=${now}`)).json();
      const flown = points.filter(({ on_ground }) => !on_ground);
      const last = flown.at(-1);
      if (last === undefined || last.position_time_ms - flown[0].position_time_ms < 1_800_000) continue;
      if (Math.abs(last.latitude_deg) < 60) return [last.latitude_deg, last.longitude_deg];
    }
    return null;
  });
  assert.ok(place, "nobody has flown for long");
  let asked = [];
  page.on("request", (request) => {
    if (request.url().includes("/history/frames")) asked.push(new URL(request.url()).searchParams);
  });
  await page.goto(new URL(`?view=map&at=${place.map((degrees) => degrees.toFixed(3))},7`, page.url()).href);
  await page.waitForFunction(() => (window.__flights?.count().shown ?? 0) > 0);
  await page.getByRole("button", { name: "Map options" }).click();
  await page.getByRole("switch", { name: /^Where aircraft flew/ }).click();
  await page.waitForFunction(() => new URLSearchParams(location.search).get("heat") === "on");
  await drawn(page);
  // The history has 90 minutes, so at most three hours; each question is about the view and has a bound.
  await page.waitForTimeout(1_500); // for questions that should not be asked
  const hours = new Set(asked.map((parameters) => parameters.get("from")));
  assert.ok(hours.size >= 2 && hours.size <= 3 && asked.length <= hours.size + 1, `${asked.length} questions about ${hours.size} hours`);
  for (const parameters of asked) {
    const [west, south, east, north] = parameters.get("bbox").split(",").map(Number);
    assert.ok(east - west <= 22 && north - south <= 22, parameters.get("bbox"));
    assert.ok((Number(parameters.get("to")) - Number(parameters.get("from"))) / 300_000 < 12);
  }
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/heat.png` });

  // Off and on again: only the hour that is not over is asked for again.
  const toggle = page.getByRole("switch", { name: /^Where aircraft flew/ });
  await toggle.click();
  await page.waitForFunction(() => document.querySelectorAll(".heat-tiles canvas").length === 0);
  asked = [];
  await toggle.click();
  await drawn(page);
  assert.ok(asked.length <= 1, `${asked.length} questions about what is there`);

  await page.keyboard.press("Escape");
  await page.locator(".leaflet-container").focus();
  for (let i = 0; i < 5; i++) {
    await page.keyboard.press("-");
    await page.waitForTimeout(400); // while it zooms, the map takes no further key
  }
  await page.getByTestId("hint").filter({ hasText: "Zoom in to see where aircraft flew." }).waitFor();
  assert.equal(await ink(page), 0);
});
