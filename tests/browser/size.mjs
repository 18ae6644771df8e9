// How much gzipped JavaScript a new page requests before its first picture, including the worker's. The outlines of the
// world are data that the built-in map loads afterwards; they are not counted.
import { gzipSync } from "node:zlib";
import { assert, firstPictureMs, withPage } from "./page.mjs";

const MOST_BYTES = 250_000;
const pending = [];

const measure = (response) => {
  if (!/\.js$/.test(new URL(response.url()).pathname)) return;
  const measured = response.body().then((body) => ({ bytes: gzipSync(body).length, isData: body.includes('"Topology"') }));
  pending.push(measured.then((file) => [response.url(), file]));
};

const prepare = (page) => page.on("response", measure);

await withPage({ prepare, path: "/?view=map", fewest: 1, serviceWorkers: "block" }, async (page) => {
  const pictureMs = await firstPictureMs(page);
  page.off("response", measure); // later responses are not counted, and may be incomplete when the page closes
  const later = new Set(
    await page.evaluate(
      (endMs) =>
        performance
          .getEntriesByType("resource")
          .filter(({ startTime }) => startTime > endMs)
          .map(({ name }) => name),
      pictureMs,
    ),
  );
  const files = new Map(await Promise.all(pending));
  const code = [...files].filter(([url, { isData }]) => !isData && !later.has(url));
  const bytes = code.reduce((sum, [, file]) => sum + file.bytes, 0);
  console.log(`${code.length} scripts, ${(bytes / 1000).toFixed(1)} kB gzipped until the first picture`);
  assert.ok(code.length >= 5, "the scripts were not seen");
  const list = code.map(([url, file]) => `${file.bytes} ${url}`).join("\n");
  assert.ok(bytes <= MOST_BYTES, `${bytes} bytes are more than ${MOST_BYTES}:\n${list}`);
});
