// Alerts: a rule for a name and one for an area, their messages, and that the browser stores them.
import { assert, namesAppear, withPage } from "./page.mjs";

await withPage({}, async (page) => {
  await namesAppear(page);
  const { callsign, icao24 } = await page.evaluate(() => {
    const row = document.querySelector('[role="row"][data-icao24]');
    return { callsign: row.firstElementChild.textContent, icao24: row.dataset.icao24 };
  });
  await page.getByRole("tab", { name: /^Alerts/ }).click();
  const form = page.getByRole("form", { name: "New rule" });
  const value = form.getByRole("textbox", { name: /^(Value|Name of the area)$/ });
  await form.getByRole("button", { name: "Add rule" }).click();
  await form.getByRole("alert").filter({ hasText: "at least two characters" }).waitFor();
  await form.getByRole("combobox", { name: "Kind" }).selectOption("squawk");
  await value.pressSequentially("a7q7x88b");
  assert.equal(await value.inputValue(), "77", "a squawk has digits from 0 to 7");
  await form.getByRole("button", { name: "Add rule" }).click();
  await form.getByRole("alert").filter({ hasText: "four digits from 0 to 7" }).waitFor();

  await form.getByRole("combobox", { name: "Kind" }).selectOption("text");
  await value.fill(`${callsign.slice(0, -1)}*`);
  await page.keyboard.press("Enter");
  const events = page.getByRole("tabpanel").getByRole("listitem").filter({ hasText: "is now tracked" });
  await events.filter({ hasText: callsign }).getByRole("button").click();
  const card = page.getByRole("region", { name: "Selected aircraft" });
  await card.getByText(icao24).waitFor({ state: "attached" });
  assert.equal(new URL(page.url()).searchParams.get("flight"), icao24);
  const told = await events.count();
  await page.waitForTimeout(2_500);
  assert.equal(await events.count(), told, "an aircraft is told of again and again");

  await form.getByRole("combobox", { name: "Kind" }).selectOption("area");
  await value.fill("here");
  await page.keyboard.press("Enter");
  // Those that are inside have not entered, and the map shows where the area is.
  await page.locator(".alert-area-name", { hasText: "here" }).waitFor();
  await page.locator("path.alert-area").waitFor({ state: "attached" });
  await page.waitForTimeout(1_500);
  const inside = await page.evaluate(() => window.__flights.count().shown);
  const entered = await page.getByText("has entered the area “here”").count();
  assert.ok(entered < inside / 20, `${entered} of ${inside} aircraft have entered at once`);
  await form.getByRole("combobox", { name: "Kind" }).selectOption("text");
  await value.fill("*10*");
  await page.keyboard.press("Enter");
  await page.getByRole("switch", { name: "Name: *10*" }).waitFor();
  // On another tab of the panel, a message appears over the map, and the alerts tab shows the number. Both clicks are one task,
  // so the page cannot compare the rule before it leaves the tab.
  const tens = page.getByRole("switch", { name: "Name: *10*" });
  await tens.click();
  await tens.evaluate((element) => {
    element.click();
    document.getElementById("tab-flights").click();
  });
  const alert = page.getByTestId("alert");
  await alert.filter({ hasText: /is now tracked and [\d,]+ more/ }).waitFor();

  // What fitted when the page was loaded is no news, nor when its names come.
  await page.reload();
  await namesAppear(page);
  await page.waitForTimeout(3_500);
  await page.getByRole("tab", { name: /^Alerts/ }).click();
  // A flight may begin meanwhile.
  assert.ok((await events.count()) <= 2, `a reload reports ${await events.count()} again that fitted before`);
  await tens.click();
  await tens.evaluate((element) => {
    element.click();
    document.getElementById("tab-flights").click();
  });
  await alert.waitFor();
  await page.getByTestId("alert").getByRole("button", { name: "List" }).click();
  await page.getByTestId("alert").waitFor({ state: "detached" });
  await page.getByRole("switch", { name: `Name: ${callsign.slice(0, -1)}*` }).waitFor();
  await page.getByRole("button", { name: "Remove rule: Area: here" }).click();
  await page.getByRole("button", { name: "Clear the list" }).click();
  await page.getByText("No alerts yet.").waitFor();
  assert.equal(await page.getByRole("switch", { name: "Area: here" }).count(), 0);
});

// On a phone, and in a low window, the form's error is in view.
for (const viewport of [
  { width: 390, height: 844 },
  { width: 1280, height: 480 },
]) {
  await withPage({ path: "/?tab=alerts&view=split", viewport }, async (page) => {
    const form = page.getByRole("form", { name: "New rule" });
    await form.getByRole("button", { name: "Add rule" }).click();
    const message = form.getByRole("alert").filter({ hasText: "at least two characters" });
    await message.waitFor();
    const { y, height } = await message.boundingBox();
    const seen = await message.evaluate((element) => {
      const { left, top, height: tall } = element.getBoundingClientRect();
      return element.contains(document.elementFromPoint(left + 4, top + tall / 2));
    });
    assert.ok(y >= 0 && y + height <= viewport.height && seen, `the error is at ${y} of ${viewport.height} px`);
  });
}
