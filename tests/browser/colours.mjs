// Colours by speed, climb, age, source and category, with their legends, in both renderers; kept in the address.
import { assert, withPage } from "./page.mjs";

/** How many pixels of the aircraft have about this colour. */
const pixelsOf = (page, colour) =>
  page.evaluate((wanted) => {
    const canvas = document.querySelector(".flight-canvas");
    return new Promise((resolve) => {
      // In the frame that draws: a WebGL canvas is empty afterwards.
      const look = (left) => {
        window.__flights.touch?.();
        requestAnimationFrame(() => {
          const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
          copy.drawImage(canvas, 0, 0);
          const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
          let count = 0;
          for (let i = 0; i < data.length; i += 4) {
            if (data[i + 3] > 200 && wanted.every((part, n) => Math.abs(data[i + n] - part) < 12)) count++;
          }
          if (count > 0 || left === 0) resolve(count);
          else look(left - 1);
        });
      };
      look(120);
    });
  }, colour);

const SIMULATED = [0xd9, 0xa7, 0x7a];
const VIOLET = [0x9d, 0x9b, 0xff];

for (const renderer of ["webgl2", "canvas"]) {
  const path = `/?view=map&at=40,0,4&theme=dark&labels=off${renderer === "canvas" ? "&renderer=canvas" : ""}`;
  await withPage({ path }, async (page) => {
    await page.waitForFunction((kind) => window.__flights.renderer === kind, renderer);
    await page.getByRole("figure", { name: "Colours by altitude" }).waitFor();
    const before = await pixelsOf(page, SIMULATED);
    await page.getByRole("button", { name: "Map options" }).click();
    const choice = page.getByRole("combobox", { name: "Colours" });
    await choice.selectOption("source");
    const legend = page.getByRole("figure", { name: "Colours: Source of the position" });
    await legend.getByText("Simulated").waitFor();
    const after = await pixelsOf(page, SIMULATED);
    assert.ok(after > 5 * before + 50, `${renderer}: ${before} pixels have the colour of the source by altitude, ${after} by source`);
    assert.equal(new URL(page.url()).searchParams.get("colours"), "source");
    await choice.selectOption("age");
    await page.getByRole("figure", { name: "Colours: Age of the position" }).getByText("60").waitFor();
    // Reports come every two seconds.
    assert.ok((await pixelsOf(page, VIOLET)) > 50, `${renderer}: no position is fresh`);
    for (const [by, text] of [["speed", "Ground speed, kt"], ["climb", "Climb and descent, ft/min"], ["category", "Rotorcraft"]]) {
      await choice.selectOption(by);
      await page.getByRole("figure").getByText(text).first().waitFor();
    }
    await page.reload();
    await page.getByRole("figure", { name: "Colours: Category" }).waitFor();
  });
}
