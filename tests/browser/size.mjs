// How much JavaScript a fresh page needs until its first picture, gzipped. The outlines of the world are data that the
// built-in map loads after that; they are not counted.
import { gzipSync } from "node:zlib";
import { assert, withPage } from "./page.mjs";

const MOST_BYTES = 250_000;
const pending = [];
let isDrawn = false;

const watch = (page) =>
  page.on("response", (response) => {
    if (isDrawn || !/\.js$/.test(new URL(response.url()).pathname)) return;
    const measured = response.body().then((body) => ({ bytes: gzipSync(body).length, isData: body.includes('"Topology"') }));
    pending.push(measured.then((file) => [response.url(), file]));
  });

await withPage({ prepare: watch, path: "/?view=map", fewest: 1, serviceWorkers: "block" }, async () => {
  isDrawn = true;
  const files = new Map(await Promise.all(pending));
  const code = [...files.values()].filter(({ isData }) => !isData);
  const bytes = code.reduce((sum, file) => sum + file.bytes, 0);
  console.log(`${code.length} scripts, ${(bytes / 1000).toFixed(1)} kB gzipped until the first picture`);
  assert.ok(code.length >= 5, "the scripts were not seen");
  assert.ok(bytes <= MOST_BYTES, `${bytes} bytes are more than ${MOST_BYTES}`);
});
