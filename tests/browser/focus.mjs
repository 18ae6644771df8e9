// The outline of what has the keyboard's focus is whole: no frame clips it, on the map, in its options and in each tab.
import { assert, withPage } from "./page.mjs";

const MOST_STOPS = 60;

/** Why the outline of the focused element is not whole; null if it is. */
const clipped = () => {
  const element = document.activeElement;
  const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(element);
  const isHidden = element.matches("input[type=radio].opacity-0") || element === document.body;
  if (isHidden || outlineStyle === "none") return null;
  const reach = Number.parseFloat(outlineWidth) + Number.parseFloat(outlineOffset);
  const box = element.getBoundingClientRect();
  for (let frame = element.parentElement; frame !== null; frame = frame.parentElement) {
    const { overflowX, overflowY } = getComputedStyle(frame);
    const around = frame.getBoundingClientRect();
    // What is itself partly outside, such as a wide heading of the table, is scrolled, not clipped.
    const isCut = (over) => over <= 0.5 && over + reach > 0.5;
    const outside = [
      overflowX !== "visible" && isCut(around.left - box.left) && "left",
      overflowX !== "visible" && isCut(box.right - around.right) && "right",
      overflowY !== "visible" && isCut(around.top - box.top) && "top",
      overflowY !== "visible" && isCut(box.bottom - around.bottom) && "bottom",
    ].filter(Boolean);
    if (outside.length > 0) {
      const name = element.getAttribute("aria-label") || element.textContent.slice(0, 30) || element.outerHTML.slice(0, 60);
      return `${name}: ${outside} of ${frame.className.slice(0, 60)}`;
    }
    if (getComputedStyle(frame).position === "fixed") break;
  }
  return null;
};

const walk = async (page, found) => {
  for (let i = 0; i < MOST_STOPS; i++) {
    await page.keyboard.press("Tab");
    const why = await page.evaluate(clipped);
    if (why !== null) found.add(why);
    if (i > 3 && (await page.evaluate(() => document.activeElement === document.body))) return;
  }
};

for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
  await withPage({ path: "/?view=split", viewport }, async (page) => {
    const found = new Set();
    await walk(page, found);
    await page.getByRole("button", { name: "Map options" }).click();
    await walk(page, found);
    await page.keyboard.press("Escape");
    for (const tab of ["Filters", "Alerts", "Statistics"]) {
      await page.getByRole("tab", { name: tab }).click();
      await walk(page, found);
    }
    assert.deepEqual([...found], [], "outlines that a frame clips");
  });
}
