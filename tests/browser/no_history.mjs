// A tracker that keeps no history has no timeline, and says why when it is asked for the past; a link to a moment shows the
// present.
import { assert, withPage } from "./page.mjs";

await withPage({ path: "/?time=2026-11-28T21:04:05Z" }, async (page) => {
  await page.getByTestId("connection").filter({ hasText: "Live" }).waitFor();
  await page.keyboard.press("r");
  await page.getByTestId("hint").getByText("This tracker keeps no history.").waitFor();
  assert.equal(await page.getByRole("slider", { name: "Moment" }).count(), 0);
  assert.equal(await page.getByRole("button", { name: "Past", exact: true }).count(), 0);
});
