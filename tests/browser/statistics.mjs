// Statistics: charts grow, count what the filters show, and can be saved; so can the table.
import { assert, count, withPage } from "./page.mjs";

async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  return { name: download.suggestedFilename(), bytes: Buffer.concat(chunks) };
}

await withPage({ path: "/?tab=statistics", acceptDownloads: true }, async (page) => {
  await page.getByRole("img", { name: /^Aircraft shown: now [\d,]+, between/ }).waitFor();
  await page.waitForTimeout(4_000);
  const picture = await saved(page, page.getByRole("button", { name: "Save “Countries” as PNG" }));
  assert.match(picture.name, /^flights-countries-.*\.png$/);
  assert.deepEqual([...picture.bytes.subarray(1, 4)], [...Buffer.from("PNG")]);
  assert.ok(picture.bytes.length > 5_000, `a picture of ${picture.bytes.length} bytes shows nothing`);

  const { name, bytes } = await saved(page, page.getByRole("button", { name: "Save “Positions per second” as CSV" }));
  assert.match(name, /\.csv$/);
  const lines = bytes.toString("utf8").trim().split("\r\n");
  assert.match(lines[0], /^\uFEFF?time,Positions per second$/);
  assert.ok(lines.length >= 3, "the history does not grow");

  const { total } = await count(page);
  await page.getByRole("searchbox", { name: /Search/ }).fill("dlh, baw");
  await page.waitForFunction((all) => window.__flights.count().shown < all, total);
  const { shown } = await count(page);
  await page.getByRole("tabpanel").getByText(shown.toLocaleString("en"), { exact: true }).first().waitFor();

  await page.getByRole("tab", { name: "Aircraft" }).click();
  await page.getByRole("grid").waitFor();
  await page.waitForTimeout(1_500);
  const table = await saved(page, page.getByRole("button", { name: "Save as CSV" }));
  const rows = table.bytes.toString("utf8").trim().split("\r\n");
  assert.ok(rows[0].includes("callsign,aircraftType,altitude_ft,ground_speed_kt"), rows[0]);
  assert.ok(Math.abs(rows.length - 1 - shown) <= 3, `${rows.length - 1} rows of ${shown} aircraft`);
});
