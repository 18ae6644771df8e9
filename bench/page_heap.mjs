// Whether the memory of a running page stays constant: the main thread's heap and the renderer's resident memory after a
// garbage collection, every half minute for MINUTES. Prints a line for each measurement, then one line of JSON.
import { readFile } from "node:fs/promises";
import { withPage } from "../tests/browser/page.mjs";

const MINUTES = Number(process.env.MINUTES ?? 10);
const EVERY_MS = 30_000;
const PAGE_BYTES = 4_096;

const looks = [];
// The table and an aircraft's card are open, as for a real viewer.
await withPage({ viewport: { width: 1024, height: 640 }, path: "/?view=split" }, async (page) => {
  const icao24 = await page.evaluate(() => window.__flights.shown()[0]);
  await page.goto(new URL(`/?view=split&flight=${icao24}`, page.url()).href);
  const devtools = await page.context().newCDPSession(page);
  const system = await page.context().browser().newBrowserCDPSession();
  const { processInfo } = await system.send("SystemInfo.getProcessInfo");
  const renderers = processInfo.filter(({ type }) => type === "renderer");
  const { id: pid } = renderers.reduce((busiest, one) => (one.cpuTime > busiest.cpuTime ? one : busiest));
  const startedMs = performance.now();
  for (let i = 0; i <= (MINUTES * 60_000) / EVERY_MS; i++) {
    await page.waitForTimeout(Math.max(0, startedMs + i * EVERY_MS - performance.now()));
    await devtools.send("HeapProfiler.collectGarbage");
    const { usedSize } = await devtools.send("Runtime.getHeapUsage");
    const resident = Number((await readFile(`/proc/${pid}/statm`, "utf8")).split(" ")[1]) * PAGE_BYTES;
    const look = { minute: (i * EVERY_MS) / 60_000, heap_mb: usedSize / 1e6, resident_mb: resident / 1e6 };
    looks.push(look);
    console.log(`${look.minute.toFixed(1)} min: heap ${look.heap_mb.toFixed(1)} MB, resident ${look.resident_mb.toFixed(0)} MB`);
  }
});

/** Least squares, MB a minute, without the first two minutes. */
function slopeOf(name) {
  const points = looks.filter(({ minute }) => minute >= 2);
  const meanX = points.reduce((sum, { minute }) => sum + minute, 0) / points.length;
  const meanY = points.reduce((sum, point) => sum + point[name], 0) / points.length;
  const above = points.reduce((sum, point) => sum + (point.minute - meanX) * (point[name] - meanY), 0);
  return above / points.reduce((sum, { minute }) => sum + (minute - meanX) ** 2, 0);
}
console.log(
  JSON.stringify({
    minutes: MINUTES,
    heap_mb_last: looks.at(-1).heap_mb,
    heap_mb_per_minute: slopeOf("heap_mb"),
    resident_mb_last: looks.at(-1).resident_mb,
    resident_mb_per_minute: slopeOf("resident_mb"),
  }),
);
