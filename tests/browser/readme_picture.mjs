// Writes the image of the README: Europe with trails of several minutes, the table, and one flight with its route.
import { withPage } from "./page.mjs";

/** Long enough for visible trails. */
const FLYING_MS = Number(process.env.FLYING_MS ?? 120_000);

await withPage({ path: "/?view=split&at=48.6,7,6&trails=on&sort=-speed" }, async (page) => {
  await page.waitForTimeout(FLYING_MS);
  // A climbing one, whose profile is not flat.
  const icao24 = await page.evaluate(async () => {
    const { flights } = await (await fetch("/api/v1/flights?bbox=3,47.5,10,50.5&status=climbing&limit=500")).json();
    const named = flights.filter(({ origin, destination, operator }) => origin && destination && operator);
    const isHigh = ({ baro_altitude_m }) => baro_altitude_m > 4_000;
    return (named.find(isHigh) ?? named[0] ?? flights[0]).icao24;
  });
  await page.evaluate((address) => {
    window.history.replaceState(null, "", `${location.search}&flight=${address}`);
    window.dispatchEvent(new PopStateEvent("popstate"));
  }, icao24);
  await page.getByRole("region", { name: "Selected aircraft" }).waitFor();
  await page.waitForTimeout(15_000);
  const alert = page.getByTestId("alert").getByRole("button", { name: "Close this message" });
  if (await alert.isVisible()) await alert.click();
  await page.mouse.move(700, 20);
  await page.waitForTimeout(1_000);
  await page.getByTestId("connection").filter({ hasText: "Live" }).waitFor();
  await page.screenshot({ path: process.env.README_PICTURE });
});
