// For screen readers: landmarks, one main heading, a name for every control, a live region, working tabs.
import { assert, withPage } from "./page.mjs";

async function check(page) {
  for (const role of ["banner", "main", "complementary"]) assert.equal(await page.getByRole(role).count(), 1, role);
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  assert.equal(await page.locator("h1").count(), 1);
  assert.ok((await page.locator('[aria-live="polite"]').count()) >= 1, "no live region");
  const nameless = await page.evaluate(() =>
    [...document.querySelectorAll("button, input, a[href], [role=tab], [role=grid], [role=tabpanel], section")]
      .filter((element) => {
        const labelled = element.getAttribute("aria-labelledby");
        const label = element.labels?.[0]?.textContent ?? "";
        const heading = element.tagName === "SECTION" ? (element.querySelector("h2, h3")?.textContent ?? "") : "";
        const own = element.getAttribute("aria-label") ?? "";
        const text = element.tagName === "BUTTON" || element.tagName === "A" ? element.textContent : "";
        return `${own}${label}${text}${heading}${labelled ? document.getElementById(labelled)?.textContent : ""}`.trim() === "";
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  );
  assert.deepEqual(nameless, [], "controls without a name");
  const broken = await page.evaluate(() =>
    [...document.querySelectorAll("[aria-controls][aria-selected=true], [aria-activedescendant], [aria-labelledby]")]
      .flatMap((element) =>
        ["aria-controls", "aria-activedescendant", "aria-labelledby"].map((name) => element.getAttribute(name)),
      )
      .filter((id) => id !== null && document.getElementById(id) === null),
  );
  assert.deepEqual(broken, [], "references to elements that are not there");
  const doubled = await page.evaluate(() => {
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    return ids.filter((id, i) => ids.indexOf(id) !== i);
  });
  assert.deepEqual(doubled, [], "ids that occur twice");
}

await withPage({}, async (page) => {
  await check(page);
  const tabs = page.getByRole("tab");
  await tabs.first().focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await tabs.nth(1).getAttribute("aria-selected"), "true");
  await page.getByRole("heading", { name: "Countries" }).waitFor();
  await check(page);
  await page.keyboard.press("ArrowRight");
  await page.getByRole("group", { name: "Operator" }).waitFor();
  await check(page);

  const focused = [];
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press("Tab");
    focused.push(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle));
  }
  assert.ok(focused.every((style) => style !== "none"), `focus is not visible everywhere: ${focused}`);
});
