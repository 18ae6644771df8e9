// Drawn fences: a polygon by mouse, a circle by keyboard, limits, entering and leaving; shown on the map, kept, and found again
// after a reload. Then measuring, by mouse, by keyboard and on a phone.
import { assert, withPage } from "./page.mjs";

const drawing = (page) => page.locator(".leaflet-container.is-drawing");
const line = (page) => page.locator("path.sketch-line");

async function clickMap(page, x, y) {
  const box = await page.locator(".leaflet-container").boundingBox();
  await page.mouse.click(box.x + box.width * x, box.y + box.height * y);
  // Two clicks within Leaflet's 200 ms would be a double click.
  await page.waitForTimeout(300);
}

await withPage({ path: "/?view=split&tab=alerts&at=50,8,5" }, async (page) => {
  const form = page.getByRole("form", { name: "New rule" });
  await form.getByRole("combobox", { name: "Kind" }).selectOption("polygon");
  await form.getByRole("textbox", { name: "Name of the area" }).fill("west");
  await form.getByRole("button", { name: "Add rule" }).click();
  await form.getByRole("alert").filter({ hasText: "Draw the area on the map" }).waitFor();
  await form.getByRole("button", { name: "Draw on the map" }).click();
  const bar = page.getByRole("region", { name: "Draw a polygon" });
  await drawing(page).waitFor();
  assert.ok(await bar.getByRole("button", { name: "Finish" }).isDisabled());
  for (const [x, y] of [[0.2, 0.35], [0.8, 0.35], [0.8, 0.85], [0.2, 0.85]]) await clickMap(page, x, y);
  assert.equal(new URL(page.url()).searchParams.get("flight"), null, "a click on the map has selected while drawing");
  await bar.getByRole("button", { name: "Undo" }).click();
  await clickMap(page, 0.25, 0.8);
  await bar.getByRole("button", { name: "Finish" }).click();
  await form.getByText("Polygon with 4 corners").waitFor();
  await form.getByRole("combobox", { name: "Report" }).selectOption("both");
  await form.getByText("Limits: altitude").click();
  await form.getByRole("textbox", { name: "Lowest, ft" }).fill("1000");
  await form.getByRole("checkbox", { name: "Play a sound" }).check();
  await form.getByRole("button", { name: "Add rule" }).click();
  await page.locator(".alert-area-name", { hasText: "west" }).waitFor();
  await page.locator("path.alert-area").waitFor({ state: "attached" });
  assert.equal(await line(page).count(), 0, "the sketch is still there");

  // A circle, with the keyboard alone: its centre, ten steps to the right, its edge.
  await form.getByRole("combobox", { name: "Kind" }).selectOption("circle");
  await form.getByRole("textbox", { name: "Name of the area" }).fill("round");
  await form.getByRole("button", { name: "Draw on the map" }).press("Enter");
  await drawing(page).waitFor();
  await page.locator(".leaflet-container").focus();
  await page.keyboard.press("Enter");
  for (let i = 0; i < 3; i++) {
    await page.keyboard.press("ArrowRight");
    await page.waitForTimeout(400);
  }
  await page.keyboard.press("Enter");
  await form.getByText(/^Circle of [\d,.]+\sNM$/).waitFor();
  await form.getByRole("textbox", { name: "Name of the area" }).press("Enter");
  await page.locator(".alert-area-name", { hasText: "round" }).waitFor();

  // Traffic crosses their edges all the time: something enters or leaves soon.
  await page.getByText(/has (entered|left) the area “(west|round)”/).first().waitFor({ timeout: 90_000 });

  const kept = await page.evaluate(() => JSON.parse(localStorage.getItem("flighttracker.alerts")));
  const [polygon, circle] = ["west", "round"].map((name) => kept.find(({ value }) => value === name));
  assert.equal(polygon.area.corners.length, 4);
  assert.deepEqual([polygon.terms.on, polygon.terms.lowestFt, polygon.terms.hasSound], ["both", 1000, true]);
  assert.ok(circle.area.radiusM > 50_000, `a circle of ${circle.area.radiusM} m`);
  await page.reload();
  await page.locator(".alert-area-name", { hasText: "west" }).waitFor();
  assert.equal(await page.locator("path.alert-area").count(), 2);

  // Cancel draws nothing, and leaves the rules.
  await form.getByRole("combobox", { name: "Kind" }).selectOption("polygon");
  await form.getByRole("button", { name: "Draw on the map" }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("region", { name: "Draw a polygon" }).waitFor({ state: "detached" });
  await form.getByRole("button", { name: "Draw on the map" }).waitFor();

  await page.keyboard.press("Tab");
  await page.locator(".leaflet-container").focus();
  await page.keyboard.press("m");
  const measure = page.getByRole("region", { name: "Measure a distance" });
  await measure.waitFor();
  await drawing(page).waitFor();
  await clickMap(page, 0.3, 0.5);
  await clickMap(page, 0.7, 0.5);
  await measure.getByRole("status").filter({ hasText: /^[\d,]+\sNM \d{3}°$/ }).waitFor();
  await page.locator(".leaflet-container").focus();
  await page.keyboard.press("Enter");
  await measure.getByRole("status").filter({ hasText: /^[\d,]+\sNM · [\d,]+\sNM \d{3}°$/ }).waitFor();
  await measure.getByRole("button", { name: "Close" }).click();
  assert.equal(await line(page).count(), 0);
});

// On a phone the panel makes room for the map, and comes back with the area.
await withPage({ path: "/?tab=alerts&view=split&at=50,8,5", viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true }, async (page) => {
  const form = page.getByRole("form", { name: "New rule" });
  await form.getByRole("combobox", { name: "Kind" }).selectOption("circle");
  await form.getByRole("textbox", { name: "Name of the area" }).fill("home");
  await form.getByRole("button", { name: "Draw on the map" }).tap();
  const bar = page.getByRole("region", { name: "Draw a circle" });
  await bar.waitFor();
  await drawing(page).waitFor();
  const { x, width } = await bar.boundingBox();
  assert.ok(x >= 0 && x + width <= 390, `the bar leaves the screen: ${x} to ${x + width}`);
  await page.touchscreen.tap(180, 420);
  await page.waitForTimeout(400);
  await page.touchscreen.tap(260, 420);
  await form.getByText(/^Circle of /).waitFor();
  assert.equal(await form.getByRole("textbox", { name: "Name of the area" }).inputValue(), "home", "the form forgot its name");
});
