// Frames of an unknown version: the page reports that it is too old and stops, instead of drawing garbage.
import { assert, phase, withPage } from "./page.mjs";

await withPage({ fewest: 0 }, async (page) => {
  await page.getByTestId("connection").filter({ hasText: "Outdated" }).waitFor();
  await page.getByTestId("banner").filter({ hasText: "The server uses a newer protocol version." }).waitFor();
  await page.getByRole("button", { name: "Reload" }).waitFor();
  assert.equal(await phase(page), "outdated");
});
