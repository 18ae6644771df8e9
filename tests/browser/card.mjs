// The card: airline, full type, cities, a clock time only for what was observed or is marked as estimated, charts with both
// scales, and other values folded.
import { assert, withPage } from "./page.mjs";

const card = (page) => page.getByRole("region", { name: "Selected aircraft" });
const times = (page) => card(page).getByTestId("flight-times");
const CLOCK = /\d\d:\d\d/;

/** Flights with a route that pass a test on their track at the gateway. */
const flightWhere = (page, query, wanted) =>
  page.evaluate(
    async ([parameters, isWanted]) => {
      const { flights } = await (await fetch(`/api/v1/flights?${parameters}&limit=300`)).json();
      for (const { icao24, origin, destination, callsign } of flights) {
        if (!origin || !destination || !/^[A-Z]{3}\d/.test(callsign)) continue;
        const { points } = await (await fetch(`/api/v1/flights/${icao24}/track`)).json();
        const start = points.findIndex((point, i) => i > 0 && !point.on_ground && points[i - 1].on_ground);
        const hasLanded = points.some((point, i) => i > 0 && point.on_ground && !points[i - 1].on_ground);
        if (hasLanded || points.length < 2 || start > 0 !== isWanted) continue;
        const between = start > 0 ? (points[start].position_time_ms + points[start - 1].position_time_ms) / 2 : null;
        return { icao24, callsign, between };
      }
      return null;
    },
    [query, wanted],
  );

await withPage({ path: "/?view=map" }, async (page) => {
  let cruising = null;
  // A gateway that has just started has no tracks yet.
  for (let i = 0; i < 10 && cruising === null; i++) {
    cruising = await flightWhere(page, "status=cruising", false);
    if (cruising === null) await page.waitForTimeout(1_000);
  }
  assert.ok(cruising, "nobody cruises");
  await page.goto(new URL(`/?view=map&flight=${cruising.icao24}`, page.url()).href);
  await card(page).getByRole("heading", { name: cruising.callsign }).waitFor();
  // An airline by name, and two cities with their countries.
  await card(page).getByText(/^[A-Z][^·]*[a-z][^·]* · [A-Z0-9-]+$/).waitFor();
  await card(page).getByTestId("type").filter({ hasText: /^[A-Z].+ \([A-Z0-9]{2,4}\)$/ }).waitFor();
  assert.equal(await card(page).getByText(/^\S.*, [A-Z][a-z].+$/).count() >= 2, true, "the cities are missing");
  await times(page).getByText(/^Estimated \d\d:\d\d$/).waitFor();
  await page.waitForTimeout(1_500); // for as long as a take-off that is known takes to appear
  assert.doesNotMatch(await times(page).textContent(), /Took off/, "a take-off that nobody saw");

  // Both scales are drawn beside the chart, and explained above it.
  const chart = card(page).getByRole("img", { name: /^Altitude and speed over the last/ });
  await chart.waitFor();
  await card(page).getByText("Altitude (ft)").waitFor();
  await card(page).getByText("Ground speed (kt)").waitFor();
  const inked = await chart.evaluate((element) => {
    const canvas = element.querySelector("canvas");
    const strip = Math.round(0.08 * canvas.width);
    const drawn = (x) => {
      const { data } = canvas.getContext("2d").getImageData(x, 0, strip, canvas.height);
      let count = 0;
      for (let i = 3; i < data.length; i += 4) if (data[i] > 120) count++;
      return count;
    };
    return [drawn(0), drawn(canvas.width - strip)];
  });
  for (const pixels of inked) assert.ok(pixels > 20, `a scale is missing: ${inked}`);

  // The rest is folded, and stays as a person left it.
  const address = card(page).getByText("ICAO address");
  assert.equal(await address.isVisible(), false, "nothing is folded");
  await card(page).getByText("All values").press("Enter");
  await address.waitFor();
  await page.reload();
  await address.waitFor();

  // What an aircraft on the ground reports as its altitude is the elevation of the field, which is shown nowhere.
  const parked = await page.evaluate(async () => {
    const { flights } = await (await fetch("/api/v1/flights?where=ground&limit=300")).json();
    for (const { icao24, baro_altitude_m } of flights) {
      const { points } = await (await fetch(`/api/v1/flights/${icao24}/track`)).json();
      if (baro_altitude_m !== null && points.length > 1 && points.every(({ on_ground }) => on_ground)) return icao24;
    }
    return null;
  });
  assert.ok(parked, "nobody is on the ground");
  await page.goto(new URL(`/?view=map&flight=${parked}`, page.url()).href);
  await card(page).getByRole("img", { name: /^Altitude and speed over the last/ }).waitFor();
  const valueOf = (label) => card(page).locator("dl > div", { hasText: label }).locator("dd");
  for (const label of [/^Altitude(?! \()/, /^Altitude \(ft\)/, /^Geometric altitude/])
    assert.equal((await valueOf(label).first().textContent()).trim(), "On ground", String(label));
  assert.doesNotMatch(await card(page).innerText(), /\d\sft(?!\/min)/);

  let started = null;
  for (let i = 0; i < 30 && started === null; i++) {
    started = await flightWhere(page, "status=climbing", true);
    if (started === null) await page.waitForTimeout(2_000);
  }
  assert.ok(started, "nobody takes off");
  await page.goto(new URL(`/?view=map&flight=${started.icao24}`, page.url()).href);
  await times(page).getByText(/^Took off/).waitFor();
  const said = CLOCK.exec(await times(page).textContent())[0];
  const observed = await page.evaluate((ms) => new Date(ms).toTimeString().slice(0, 5), started.between);
  assert.equal(said, observed);
});
