// Kinds: vehicles are drawn but not counted, the card says what a target is and how it was found, filters choose kinds, and the
// legend explains the shapes. With PICTURES_DIRECTORY it takes pictures in both themes.
import { assert, PICTURES, withPage } from "./page.mjs";

const AIRCRAFT = Number(process.env.AIRCRAFT);
const ALL = AIRCRAFT + Number(process.env.VEHICLES);
const PLACE = "at=50.1,8.56,9.6";

async function picture(page, name) {
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}.png` });
}

const isShown = (page, addresses) =>
  page.waitForFunction((wanted) => window.__flights.shown().sort().join() === wanted, addresses.sort().join());

await withPage({ path: `/?view=split&${PLACE}`, fewest: ALL }, async (page) => {
  await page.getByRole("banner").getByText(`${AIRCRAFT} aircraft`, { exact: true }).waitFor();
  // In the table's foot, too, which has rows for all.
  await page.getByRole("tabpanel").getByText(`${AIRCRAFT} aircraft`, { exact: true }).waitFor();
  assert.equal(await page.getByRole("row").count(), ALL + 1);
  const legend = page.getByRole("figure", { name: "Colours by altitude" });
  for (const word of ["Rotorcraft", "Glider", "Balloon or airship", "Drone", "Service vehicle", "Obstacle"]) {
    await legend.getByText(word).waitFor();
  }
  await picture(page, "kinds-dark");

  await page.getByRole("row").filter({ hasText: "KIND12" }).click();
  const card = page.getByRole("region", { name: "Selected aircraft" });
  await card.getByText("All values").click();
  await card.getByText("Service vehicle").waitFor();
  await card.getByText("ADS-B, no transponder").waitFor();
  await picture(page, "card-dark");
  await page.getByRole("row").filter({ hasText: "KIND10" }).click();
  await card.getByText("Address, not ICAO").waitFor();
  await card.getByText("Drone").waitFor();

  await page.getByRole("tab", { name: "Filters" }).click();
  await page.getByRole("group", { name: "Category" }).getByRole("button", { name: "Service vehicle" }).click();
  await isShown(page, ["3c640c"]);
  assert.equal(await page.getByText("No aircraft match the filters.").count(), 0, "a vehicle matches");
  await legend.getByText("Service vehicle").waitFor();
  assert.equal(await legend.getByText("Glider").count(), 0);
  await page.getByRole("button", { name: "Remove filter: Service vehicle" }).click();
  await page.getByRole("group", { name: "Position by" }).getByRole("button", { name: "MLAT" }).click();
  await isShown(page, ["3c6404", "3c6406"]);
  await picture(page, "filters-dark");
});

await withPage({ path: `/?view=split&${PLACE}&address_type=mlat&category=glider`, fewest: 1 }, async (page) => {
  await isShown(page, ["3c6406"]);
});

await withPage({ path: `/?view=map&${PLACE}`, fewest: ALL, colorScheme: "light", locale: "de-DE" }, async (page) => {
  await page.getByRole("figure").getByText("Einsatzfahrzeug").waitFor();
  await page.waitForTimeout(1_000);
  await picture(page, "kinds-light");
});

// Without WebGL2.
await withPage({ path: `/?view=map&renderer=canvas&${PLACE}`, fewest: ALL }, async (page) => {
  assert.equal(await page.evaluate(() => window.__flights.renderer), "canvas");
  await page.waitForTimeout(1_000);
  await picture(page, "kinds-canvas");
});
