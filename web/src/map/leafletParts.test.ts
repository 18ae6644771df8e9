import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const SOURCES = join(import.meta.dirname, "..");

/** The names of Leaflet that the page's sources use as values, without those that they use as types only. */
function usedNames(): Set<string> {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));
  const used = new Set<string>();
  for (const name of files) {
    const text = readFileSync(join(SOURCES, name), "utf8");
    if (!text.includes('import L from "leaflet"')) continue;
    for (const [, found] of text.matchAll(/\bL\.([a-z]\w*)/g)) used.add(found as string);
    for (const [, found] of text.matchAll(/(?:new|extends|instanceof) L\.([A-Z]\w*)/g)) used.add(found as string);
  }
  return used;
}

test("the page's own Leaflet has every part that the page uses", () => {
  const list = /const L = \{(.*?)\};/s.exec(readFileSync(join(SOURCES, "map/leafletParts.js"), "utf8"));
  const parts = new Set(list?.[1]?.match(/\w+/g));
  const used = usedNames();
  expect(used.size).toBeGreaterThan(15);
  expect([...used].filter((name) => !parts.has(name))).toEqual([]);
});
