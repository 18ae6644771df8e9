// A clock that is an hour fast, in the page and (as test_panels.py builds it) in its worker: the page shows a
// message, and ages and positions follow the server's clock.
import { assert, withPage } from "./page.mjs";

const skewClock = (page) => page.addInitScript(process.env.SKEW);

await withPage({ prepare: skewClock }, async (page) => {
  await page.getByText(/^This device’s clock is 60\smin fast\./).waitFor();
  await page.getByTestId("connection").filter({ hasText: "Live" }).waitFor();
  await page.getByRole("row").nth(1).click();
  const age = await page.getByRole("region", { name: "Selected aircraft" }).getByText(/^\d+\s\w+ ago/).textContent();
  assert.match(age, /^\d+\ss ago/, "a position of a live aircraft is old");
});
