// Statistics in two parts: charts grow, count what the filters show, and can be saved; so can the table.
import { assert, count, filterByText, withPage } from "./page.mjs";

async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  return { name: download.suggestedFilename(), bytes: Buffer.concat(chunks) };
}

/** How many points of a chart over time are drawn in the colour of its line. */
const drawn = (chart) =>
  chart.evaluate((element) => {
    const canvas = element.querySelector("canvas");
    const colour = getComputedStyle(element).getPropertyValue("--accent").trim();
    const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      const isNear = [red, green, blue].every((wanted, c) => Math.abs(data[i + c] - wanted) < 24);
      if (isNear && data[i + 3] > 150) count++;
    }
    return count;
  });

await withPage({ path: "/?tab=statistics", acceptDownloads: true }, async (page) => {
  await page.getByRole("img", { name: /^Aircraft shown: now [\d,]+, between/ }).waitFor();
  await page.waitForTimeout(4_000);
  const chart = page.getByRole("img", { name: /^Aircraft shown: now/ });
  assert.ok((await drawn(chart)) > 100, "the chart over time shows no line");
  const { x, y, width, height } = await chart.boundingBox();
  await page.mouse.move(x + 0.9 * width, y + height / 2);
  await page.getByText(/^\d{1,2}:\d\d:\d\d.* · [\d,]+$/).waitFor();
  await page.getByRole("button", { name: "Use the light theme" }).click();
  await page.waitForTimeout(1_500);
  assert.ok((await drawn(chart)) > 100, "the chart over time keeps the colours of the other theme");
  const line = await saved(page, page.getByRole("button", { name: "Save “Aircraft shown” as PNG" }));
  assert.ok(line.bytes.length > 3_000, `a picture of ${line.bytes.length} bytes shows nothing`);
  const picture = await saved(page, page.getByRole("button", { name: "Save “Countries” as PNG" }));
  assert.match(picture.name, /^flights-countries-.*\.png$/);
  assert.deepEqual([...picture.bytes.subarray(1, 4)], [...Buffer.from("PNG")]);
  assert.ok(picture.bytes.length > 5_000, `a picture of ${picture.bytes.length} bytes shows nothing`);

  // Filters are only mentioned where there are any.
  assert.equal(await page.getByText(/^These figures count only/).count(), 0);

  // For people: airlines and airports by name, with their numbers in the file.
  const panel = page.getByRole("tabpanel");
  const list = (title) => panel.locator("section").filter({ has: page.getByRole("heading", { name: title }) });
  for (const title of ["Countries", "Airlines", "Types", "Busiest airports"]) await list(title).waitFor();
  await list("Airlines").getByRole("listitem").filter({ hasText: /[a-z]{3}.*: [\d,]+$/ }).first().waitFor();
  await list("Busiest airports").getByRole("listitem").filter({ hasText: /^[A-Z]{3} [A-Z].*: [\d,]+, [\d,]+ inbound, [\d,]+ outbound$/ }).first().waitFor();
  // A name is cut only where it would reach its bar.
  const bars = await panel.locator("svg g").evaluateAll((groups) =>
    groups.flatMap((group) => {
      const [title, text, bar] = [":scope > title", "text", "rect"].map((name) => group.querySelector(name));
      if (title === null || text === null) return [];
      const gapPx = bar.getBoundingClientRect().left - text.getBoundingClientRect().right;
      return [{ name: text.textContent, whole: title.textContent, gapPx }];
    }),
  );
  assert.ok(bars.length > 20, `only ${bars.length} bars`);
  const wrong = bars.filter(({ name, whole, gapPx }) => gapPx < 2 || (name.endsWith("…") ? gapPx > 25 : !whole.startsWith(`${name}: `)));
  assert.deepEqual(wrong, [], "names that reach their bars, or are cut although there is room");
  assert.ok(bars.some(({ name }) => name.length > 20), "no name is longer than 20 letters");

  const busiest = await saved(page, page.getByRole("button", { name: "Save “Busiest airports” as CSV" }));
  const [head, ...airports] = busiest.bytes.toString("utf8").trim().split("\r\n");
  assert.match(head, /^\uFEFF?code,name,count,inbound,outbound$/);
  const counts = airports.map((line) => line.split(",").slice(-3).map(Number));
  for (const [sum, inbound, outbound] of counts) assert.equal(sum, inbound + outbound);
  assert.deepEqual(counts.map(([sum]) => sum), counts.map(([sum]) => sum).sort((a, b) => b - a), "not the busiest first");

  // Plumbing is a part of its own, reached by keyboard and kept in the address.
  await page.getByRole("radio", { name: "Traffic" }).focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(new URL(page.url()).searchParams.get("statistics"), "connection");
  await panel.getByText("Resyncs").waitFor();
  assert.equal(await list("Countries").count(), 0, "the connection is not apart from the traffic");
  const { name, bytes } = await saved(page, page.getByRole("button", { name: "Save “Positions per second” as CSV" }));
  assert.match(name, /\.csv$/);
  const lines = bytes.toString("utf8").trim().split("\r\n");
  assert.match(lines[0], /^\uFEFF?time,Positions per second$/);
  assert.ok(lines.length >= 3, "the history does not grow");

  await page.getByRole("radio", { name: "Traffic" }).check();
  assert.equal(new URL(page.url()).searchParams.get("statistics"), null);
  const { total } = await count(page);
  const note = page.getByText(/^These figures count only/);
  assert.equal(await note.count(), 0, "without filters, nothing is left out");
  await filterByText(page, "dlh, baw");
  await page.waitForFunction((all) => window.__flights.count().shown < all, total);
  const { shown } = await count(page);
  await page.getByRole("tabpanel").getByText(shown.toLocaleString("en"), { exact: true }).first().waitFor();
  await note.waitFor();
  const airlines = await list("Airlines").getByRole("listitem").allTextContents();
  const names = airlines.slice(0, 2).map((line) => line.split(":")[0]).sort();
  assert.deepEqual(names, ["British Airways", "Lufthansa"], `airlines that do not match the filters: ${airlines}`);

  await page.getByRole("tab", { name: "Aircraft" }).click();
  await page.getByRole("grid").waitFor();
  await page.waitForTimeout(1_500);
  const table = await saved(page, page.getByRole("button", { name: "Save as CSV" }));
  const rows = table.bytes.toString("utf8").trim().split("\r\n");
  assert.ok(rows[0].includes("callsign,aircraftType,altitude_ft,ground_speed_kt"), rows[0]);
  assert.ok(Math.abs(rows.length - 1 - shown) <= 3, `${rows.length - 1} rows of ${shown} aircraft`);
});
