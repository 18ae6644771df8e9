// On a tablet, upright and with half of the screen: an aircraft that is chosen in the split view has a card and is beside it.
import { assert, namesAppear, withPage } from "./page.mjs";

for (const viewport of [
  { width: 768, height: 1024 },
  { width: 507, height: 1024 },
]) {
  await withPage({ path: "/?view=split", viewport, hasTouch: true }, async (page) => {
    // Rows are sorted by callsign: the row of the address would be another one when it is tapped.
    await namesAppear(page);
    const row = page.locator("[role=row][data-icao24]").nth(3);
    const icao24 = await row.getAttribute("data-icao24");
    await row.tap();
    const card = page.getByRole("region", { name: "Selected aircraft" });
    await card.getByText(icao24).waitFor({ state: "attached" });
    await page.waitForFunction(
      (address) => {
        const place = window.__flights.rowsFor(address);
        const map = document.querySelector(".leaflet-container").getBoundingClientRect();
        const sheet = document.querySelector(".panel").getBoundingClientRect();
        return place.x > 0 && place.x < map.width && place.y > 0 && map.top + place.y < sheet.top;
      },
      icao24,
      { timeout: 10_000 },
    );
    const { y, height } = await card.boundingBox();
    assert.ok(y > 0 && y + height <= viewport.height && height > 200, `the card is at ${y}, ${height} px high`);
  });
}
