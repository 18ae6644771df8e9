// Without WebGL2 the page says so and draws on a 2D canvas; `?renderer=canvas` asks for that without a message.
import { assert, withPage } from "./page.mjs";

const inked = (page) =>
  page.evaluate(() => {
    const canvas = document.querySelector(".flight-canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i] > 128) count++;
    return count;
  });

await withPage({ flags: ["--disable-3d-apis"] }, async (page) => {
  await page.waitForFunction(() => window.__flights.renderer === "canvas");
  await page.getByText(/^Drawing without WebGL2/).waitFor();
  await page.waitForTimeout(1_500);
  assert.ok((await inked(page)) > 5_000, "nothing is drawn");
  await page.getByRole("button", { name: "Close this message" }).click();
});

await withPage({ path: "/?renderer=canvas" }, async (page) => {
  await page.waitForFunction(() => window.__flights.renderer === "canvas");
  assert.equal(await page.getByText("Drawing without WebGL2").count(), 0);
});
