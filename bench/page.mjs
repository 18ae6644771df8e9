// The browser's cost of the page: placing the world of several joins, script per animation frame, time to the first picture, and
// the share of a core. Prints one line of JSON. `bench/page.py` runs it against a gateway with 20,000 aircraft.
//
// Placing and script are CPU times of their thread; figures that end with _wall_ms are wall time.
import { firstPictureMs, withPage } from "../tests/browser/page.mjs";
import { costOf } from "./page_cost.mjs";
import { betweenMarks, scriptOfFrames, startTrace } from "./trace.mjs";

/** Each in a new browser, in which nothing is compiled or cached yet. */
const JOINS = Number(process.env.JOINS ?? 7);
const PICTURES = Number(process.env.PICTURES ?? 15);
const WATCH_S = 15;
/** A browser that has just started still loads its own parts. People open a page in a running browser. */
const SETTLE_MS = 4_000;
// A small window: without a GPU, drawing competes with the worker for the CPU.
const WINDOW = { viewport: { width: 800, height: 600 } };

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/** The key of the world in one join. */
async function join(page, endTrace) {
  await firstPictureMs(page);
  const keys = (await page.evaluate(() => window.__flights.decodeTimes())).filter(({ kind }) => kind === "key");
  const events = await endTrace();
  return {
    key_aircraft: sum(keys.map(({ aircraft }) => aircraft)),
    key_place_ms: sum(betweenMarks(events, "key decoded", "key placed")),
    key_decode_wall_ms: sum(keys.map(({ inflatingMilliseconds }) => inflatingMilliseconds)),
    key_place_wall_ms: sum(keys.map(({ milliseconds }) => milliseconds)),
  };
}

function scriptFigures(scripts) {
  return {
    median: median(scripts),
    mean: sum(scripts) / scripts.length,
    p99: scripts.toSorted((a, b) => a - b)[Math.floor(scripts.length * 0.99)],
  };
}

async function watch(page) {
  const endTrace = await startTrace(page);
  await page.mouse.move(500, 400);
  await page.mouse.wheel(0, -120);
  await page.waitForTimeout(WATCH_S * 1_000);
  const events = await endTrace();
  const scripts = scriptOfFrames(events);
  return {
    ...(await costOf(page, WATCH_S)),
    frames: scripts.length,
    ...named("script_ms", scriptFigures(scripts)),
    delta_place_ms_median: median(betweenMarks(events, "delta decoded", "delta placed")),
  };
}

/** Labels, trails and the table open together, over central Europe. All aircraft in view have labels from a zoom of 7. */
async function watchOpen(page) {
  await page.locator('[role="row"][data-icao24]').first().waitFor();
  const hasBoth = () =>
    Number(document.querySelector(".flight-canvas")?.dataset.trailPoints ?? 0) > 0 &&
    Number(document.querySelector("canvas[data-labels]")?.dataset.labels ?? 0) > 0;
  await page.waitForFunction(hasBoth);
  // Names come after the first picture, and what the gateway keeps of the trails.
  await page.waitForTimeout(SETTLE_MS);
  const shown = await page.evaluate(() => ({
    trail_points_open: Number(document.querySelector(".flight-canvas").dataset.trailPoints),
    labels_open: Number(document.querySelector("canvas[data-labels]").dataset.labels),
    rows_open: document.querySelectorAll('[role="row"][data-icao24]').length,
  }));
  const endTrace = await startTrace(page);
  await page.waitForTimeout(WATCH_S * 1_000);
  const scripts = scriptOfFrames(await endTrace());
  return { ...shown, frames_open: scripts.length, ...named("script_ms_open", scriptFigures(scripts)) };
}

function named(name, figures) {
  return Object.fromEntries(Object.entries(figures).map(([key, value]) => [`${name}_${key}`, value]));
}

const joins = [];
let watched = {};
for (let i = 0; i < JOINS; i++) {
  let endTrace;
  const prepare = async (page) => {
    await page.waitForTimeout(SETTLE_MS);
    endTrace = await startTrace(page);
  };
  await withPage({ ...WINDOW, prepare }, async (page) => {
    joins.push(await join(page, endTrace));
    if (i === JOINS - 1) watched = await watch(page);
  });
}
await withPage({ path: "/?view=split&labels=on&trails=on&at=48,10,7" }, async (page) => {
  Object.assign(watched, await watchOpen(page));
});
// In separate pages: recording takes CPU time from the page.
const pictures = [];
for (let i = 0; i < PICTURES; i++) {
  const prepare = (page) => page.waitForTimeout(SETTLE_MS);
  await withPage({ ...WINDOW, fewest: 0, prepare }, async (page) => {
    pictures.push({ first_picture_wall_ms: await firstPictureMs(page) });
  });
}
const figures = { joins: joins.length, pictures: pictures.length, ...watched };
for (const ones of [joins, pictures]) {
  for (const name of Object.keys(ones[0])) {
    const values = ones.map((one) => one[name]);
    figures[`${name}_median`] = median(values);
    figures[`${name}_min`] = Math.min(...values);
  }
}
console.log(JSON.stringify(figures));
