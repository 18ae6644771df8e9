// From here: the receiver of the tracker with its rings, the nearest aircraft, distances in the card; the person's own place
// only when a button is pressed, never in the address or in the storage; and a browser that denies it.
import { assert, withPage } from "./page.mjs";

const RECEIVER = { latitude: 50.03, longitude: 8.57 };
const MINE = { latitude: 48.35, longitude: 11.78 };
const rings = (page) => page.locator("path.range-ring");

await withPage({ path: "/?at=50.03,8.57,7&view=split", geolocation: MINE, permissions: ["geolocation"] }, async (page) => {
  await page.locator(".map-label", { hasText: "Roof" }).waitFor();
  await rings(page).first().waitFor({ state: "attached" });
  assert.equal(await rings(page).count(), 5);
  // The outline of what was heard grows, and is kept for the day.
  await page.waitForFunction(() => (localStorage.getItem("flighttracker.range") ?? "").includes("farthestM"));
  await page.waitForFunction(() => /L/.test(document.querySelector("path.range-outline")?.getAttribute("d") ?? ""));
  await page.getByRole("tab", { name: "Nearby" }).click();
  const panel = page.getByRole("tabpanel");
  await panel.getByRole("button", { name: "Roof" }).waitFor();
  const nearest = panel.locator("section", { hasText: "Nearest aircraft" }).getByRole("listitem");
  await nearest.nth(5).waitFor();
  const distances = (await nearest.allInnerTexts()).map((text) => Number(/([\d,.]+)\sNM/.exec(text)[1].replace(",", "")));
  assert.deepEqual(distances, distances.toSorted((a, b) => a - b), "not sorted by distance");
  assert.ok(distances[0] < 200, `the nearest of thousands is ${distances[0]} NM away`);

  // The card measures from there, and agrees with a computation of its own.
  await nearest.first().getByRole("button").click();
  const facts = page.getByTestId("from-here");
  await facts.waitFor();
  assert.equal(await facts.getAttribute("aria-label"), "Distances from Roof");
  const address = new URL(page.url()).searchParams.get("flight");
  const off = await page.evaluate(
    ([receiver, icao24]) => {
      const { latitudeDeg, longitudeDeg } = window.__flights.rowsFor(icao24);
      const rad = (deg) => (deg * Math.PI) / 180;
      const cosine =
        Math.sin(rad(latitudeDeg)) * Math.sin(rad(receiver.latitude)) +
        Math.cos(rad(latitudeDeg)) * Math.cos(rad(receiver.latitude)) * Math.cos(rad(longitudeDeg - receiver.longitude));
      const expected = (Math.acos(cosine) * 6371.0088) / 1.852;
      const shown = Number(/([\d,.]+)\sNM/.exec(document.querySelector("[data-testid=from-here]").innerText)[1].replace(",", ""));
      return Math.abs(expected - shown);
    },
    [RECEIVER, address],
  );
  // Both are rounded, and the card follows once a second.
  assert.ok(off < 2, `the card is ${off} NM off`);

  await page.getByRole("button", { name: "Use my location" }).click();
  await panel.getByRole("button", { name: "You" }).waitFor();
  assert.equal(await facts.getAttribute("aria-label"), "Distances from You");
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }) + window.location.href);
  assert.ok(!kept.includes("48.35"), "the person's place is stored or in the address");
  await panel.getByRole("button", { name: "Forget it" }).click();
  await panel.getByRole("button", { name: "Roof" }).waitFor();

  await page.getByRole("button", { name: "Map options" }).click();
  await page.getByRole("switch", { name: "Range rings and outline" }).click();
  await rings(page).first().waitFor({ state: "detached" });
  assert.equal(new URL(page.url()).searchParams.get("rings"), "off");
  await page.reload();
  await page.locator(".map-label", { hasText: "Roof" }).waitFor();
  assert.equal(await rings(page).count(), 0);
});

// The table measures from the receiver, wherever the map is, and says so.
for (const view of ["split", "table"]) {
  await withPage({ path: `/?at=30,-90,5&view=${view}&sort=distance&columns=callsign,distance,bearing` }, async (page) => {
    const heading = page.getByRole("columnheader", { name: "Distance from Roof" });
    await heading.waitFor();
    assert.equal(await heading.getByRole("button").getAttribute("title"), "Distances from Roof");
    await page.waitForFunction(() => {
      const distance = document.querySelector("[role=row][data-icao24]")?.children[1].textContent ?? "";
      return /NM$/.test(distance) && Number(distance.replace(/[^\d.]/g, "")) < 200;
    });
  });
}

// Of an aircraft beyond the horizon nothing is cut, in any language.
await withPage({ path: "/" }, async (page) => {
  const far = await page.evaluate(async () => {
    const { flights } = await (await fetch("/api/v1/flights?where=airborne&limit=2000")).json();
    return flights.find(({ longitude_deg }) => longitude_deg < -60)?.icao24;
  });
  assert.ok(far, "nobody flies over America");
  for (const [language, words] of [["en", "below the horizon"], ["de", "unter dem Horizont"], ["es", "horizonte"], ["fr", "horizon"]]) {
    await page.goto(new URL(`/?flight=${far}&lang=${language}`, page.url()).href);
    const facts = page.getByTestId("from-here");
    await facts.getByText(words).waitFor();
    const cut = await facts.evaluate((list) =>
      [...list.querySelectorAll("dt, dd")].filter((one) => one.scrollWidth > one.clientWidth).map(({ textContent }) => textContent),
    );
    assert.deepEqual(cut, [], `cut in ${language}`);
  }
});

await withPage({ path: "/?tab=nearby&units=ft-kmh-ms-km" }, async (page) => {
  const panel = page.getByRole("tabpanel");
  // Each quantity in its own unit.
  await panel.getByText(/[\d,.]+\skm/).first().waitFor();
  await panel.getByText(/[\d,]+\sft/).first().waitFor();
  await page.getByRole("button", { name: "Use my location" }).click();
  await page.getByText("The browser does not give your location to this page.").waitFor();
  await panel.getByRole("button", { name: "Roof" }).waitFor();
  await page.keyboard.press(",");
  const dialog = page.getByRole("dialog");
  const distance = dialog.getByRole("group", { name: "Distance" });
  assert.ok(await distance.getByRole("radio", { name: "km" }).isChecked());
  await distance.getByRole("radio", { name: "mi", exact: true }).check();
  assert.equal(new URL(page.url()).searchParams.get("units"), "ft-kmh-ms-mi");
  await dialog.getByRole("radio", { name: /^Metric/ }).check();
  assert.equal(new URL(page.url()).searchParams.get("units"), "metric");
});
