// Without WebGL2, or after the GPU is lost, the page shows a message and draws on a 2D canvas; `?renderer=canvas` does the
// same without a message.
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
  const message = page.getByTestId("hint").filter({ hasText: "WebGL2 is unavailable" });
  await message.waitFor();
  await page.waitForTimeout(1_500);
  assert.ok((await inked(page)) > 5_000, "nothing is drawn");
  await message.getByRole("button", { name: "Close this message" }).click();
  await message.waitFor({ state: "detached" });
});

await withPage({ path: "/?renderer=canvas" }, async (page) => {
  await page.waitForFunction(() => window.__flights.renderer === "canvas");
  assert.equal(await page.getByText("WebGL2 is unavailable").count(), 0);
});

// The GPU is lost: it recovers within moments, or the canvas replaces it with a message; later it may still recover.
await withPage({}, async (page) => {
  const kind = (wanted) => page.waitForFunction((name) => window.__flights.renderer === name, wanted);
  const lose = () =>
    page.evaluate(() => {
      window.lost = document.querySelector(".flight-canvas").getContext("webgl2").getExtension("WEBGL_lose_context");
      window.lost.loseContext();
    });
  const canvas = await page.locator(".flight-canvas").elementHandle();
  await lose();
  await page.waitForTimeout(200);
  await page.evaluate(() => window.lost.restoreContext());
  await page.waitForFunction((before) => document.querySelector(".flight-canvas") !== before, canvas);
  await kind("webgl2");
  assert.equal(await page.getByTestId("hint").count(), 0, "a GPU that came back at once is spoken of");

  await lose();
  await kind("canvas");
  await page.getByTestId("hint").filter({ hasText: "the browser took the GPU away" }).waitFor();
  await page.waitForTimeout(1_500);
  assert.ok((await inked(page)) > 5_000, "nothing is drawn");
  await page.evaluate(() => window.lost.restoreContext());
  await kind("webgl2");
});
