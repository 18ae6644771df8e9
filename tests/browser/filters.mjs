// Filters change map, table and count together, are in the address, survive a reload, and can be undone.
import { aircraftAppear, assert, count, withPage } from "./page.mjs";

const rowCount = async (page) => Number(await page.getByRole("grid").getAttribute("aria-rowcount")) - 1;
const settled = (page, wanted) =>
  page.waitForFunction((shown) => window.__flights.count().shown === shown, wanted).catch(() => {});

await withPage({}, async (page) => {
  const { total } = await count(page);
  await page.getByRole("tab", { name: "Filters" }).click();
  await page.getByRole("button", { name: "Cruising", exact: true }).click();
  await page.waitForFunction((all) => window.__flights.count().shown < all, total);
  const cruising = (await count(page)).shown;
  assert.ok(cruising > 0, "nobody is cruising");
  assert.match(page.url(), /status=cruising/);

  await page.getByRole("spinbutton", { name: "Minimum speed, kt" }).fill("440");
  await page.waitForFunction((before) => window.__flights.count().shown < before, cruising);
  const country = page.getByRole("group", { name: "Country" }).getByRole("checkbox").first();
  await country.check();
  assert.match(page.url(), /status=cruising.*|country=/);
  await page.getByRole("tab", { name: "Aircraft" }).click();
  await page.waitForTimeout(2_500);
  const { shown } = await count(page);
  assert.ok(Math.abs((await rowCount(page)) - shown) <= 3, "the table does not show what the map shows");

  // A choice shows what it would bring: the counts of one filter follow the others.
  await page.getByRole("tab", { name: "Filters" }).click();
  const sum = async (group) => {
    const counts = await page
      .getByRole("group", { name: group })
      .locator("label")
      .evaluateAll((labels) =>
        labels.map((label) => [
          label.querySelector("input").checked,
          Number(label.lastElementChild.textContent.replaceAll(",", "")),
        ]),
      );
    return {
      all: counts.reduce((all, [, number]) => all + number, 0),
      chosen: counts.reduce((all, [isOn, number]) => all + (isOn ? number : 0), 0),
    };
  };
  const { shown: passing } = await count(page);
  const [byCountry, byOperator] = [await sum("Country"), await sum("Operator")];
  assert.ok(
    Math.abs(byCountry.chosen - passing) <= 3,
    `${byCountry.chosen} of the chosen country pass, and ${passing} are shown`,
  );
  assert.ok(byCountry.all > passing && byCountry.all < cruising, "the other countries do not follow the other filters");
  assert.ok(byOperator.all <= passing + 3, `operators have ${byOperator.all} aircraft, and ${passing} are shown`);
  await page.getByRole("tab", { name: "Aircraft" }).click();

  await page.reload();
  await page.waitForFunction(() => (window.__flights?.count().total ?? 0) > 100);
  await page.waitForTimeout(1_500);
  assert.ok((await count(page)).shown < cruising, "the filters were lost on reload");
  await page.getByRole("button", { name: "Remove filter: from 440\u00a0kt" }).click();
  assert.doesNotMatch(page.url(), /min_speed_kt/);
  await page.getByRole("button", { name: "Clear all" }).click();
  await settled(page, (await count(page)).total);
  await aircraftAppear(page);

  await page.getByRole("tab", { name: "Filters" }).click();
  await page.getByRole("searchbox", { name: /^Callsign/ }).fill("no such callsign");
  await page.getByText("No aircraft match the filters.").waitFor();
  assert.equal((await count(page)).shown, 0);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await aircraftAppear(page);
  assert.equal(new URL(page.url()).search, "?tab=filters");
});

await withPage({ locale: "de-DE", path: "/?tab=filters" }, async (page) => {
  const countries = page.getByRole("group", { name: "Land" });
  await countries.getByRole("searchbox").fill("deutschl");
  await countries.getByRole("checkbox", { name: "Deutschland" }).check();
  await page.getByRole("button", { name: "Filter entfernen: Deutschland" }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get("country"), "Germany");
});
