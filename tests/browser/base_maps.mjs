// Base maps, fading, night, graticule, overlays of the tracker and files of the viewer: by keyboard, mouse, file dialog and drop.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert, withPage } from "./page.mjs";

const FILES = process.env.FILES;
const inAddress = (page, name, value) =>
  page.waitForFunction(([key, word]) => new URLSearchParams(location.search).get(key) === word, [name, value]);
const hint = (page, text) => page.getByTestId("hint").filter({ hasText: text }).waitFor();
const closeHints = async (page) => {
  const buttons = page.getByRole("button", { name: "Close this message" });
  while ((await buttons.count()) > 0) await buttons.first().click();
};

/** How many pixels of a map's canvases have a colour. */
const ink = (page, selector) =>
  page.evaluate(
    (canvases) =>
      [...document.querySelectorAll(canvases)].reduce((total, canvas) => {
        if (canvas.width === 0) return total;
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let inked = 0;
        for (let i = 3; i < data.length; i += 4) if (data[i] > 20) inked++;
        return total + inked;
      }, 0),
    selector,
  );
async function eventually(holds, otherwise) {
  for (let round = 0; round < 100; round++) {
    if (await holds()) return;
    // What is drawn on a canvas has no event to wait for.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(otherwise);
}
const inked = (page, selector, least) =>
  eventually(async () => (await ink(page, selector)) > least, `nothing is drawn in ${selector}`);
const colourAtCentre = (page, selector) =>
  page.evaluate((canvases) => {
    const { left, top, width, height } = document.querySelector(".leaflet-container").getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    for (const canvas of document.querySelectorAll(canvases)) {
      const box = canvas.getBoundingClientRect();
      if (x < box.left || x >= box.right || y < box.top || y >= box.bottom) continue;
      const at = [((x - box.left) / box.width) * canvas.width, ((y - box.top) / box.height) * canvas.height];
      return [...canvas.getContext("2d").getImageData(at[0], at[1], 1, 1).data];
    }
    return null;
  }, selector);

/** Drop files onto the map, as a file manager does. */
async function drop(page, ...files) {
  const transfer = await page.evaluateHandle(
    (all) => {
      const data = new DataTransfer();
      for (const { name, bytes, spaces } of all) {
        data.items.add(new File([new Uint8Array(bytes), " ".repeat(spaces)], name));
      }
      return data;
    },
    files.map(({ name, bytes, spaces = 0 }) => ({ name, bytes: [...bytes], spaces })),
  );
  for (const type of ["dragover", "drop"]) await page.dispatchEvent(".leaflet-container", type, { dataTransfer: transfer });
}
const text = (name, content) => ({ name, bytes: Buffer.from(content) });

const watch = (page) =>
  page.addInitScript(() => {
    window.__violations = [];
    document.addEventListener("securitypolicyviolation", ({ blockedURI }) => window.__violations.push(blockedURI));
  });

await withPage({ path: "/?view=map", prepare: watch }, async (page) => {
  // The overlays of the tracker, from another origin; a missing one is reported, and the others are there.
  await inked(page, ".leaflet-overlays-pane canvas", 200);
  await hint(page, "Gone could not be loaded.");
  await closeHints(page);
  const options = page.getByRole("button", { name: "Map options" });
  await options.click();
  await page.getByRole("switch", { name: "Airspaces" }).waitFor();
  await page.getByRole("switch", { name: "Ring" }).click();
  await inAddress(page, "hide", "Ring");
  await page.getByRole("switch", { name: "Ring" }).click();
  await inAddress(page, "hide", null);

  // A vector map of a PMTiles file, chosen by keyboard, in both themes and to the closest zoom.
  const maps = page.getByRole("combobox", { name: "Map", exact: true });
  assert.deepEqual(await maps.locator("option").allTextContents(), ["Built-in map", "Frankfurt", "Pictures", "Missing", "Photos"]);
  await maps.focus();
  await page.keyboard.press("ArrowDown");
  await inAddress(page, "base", "Frankfurt");
  await inked(page, ".pmtiles canvas", 20_000);
  await page.locator(".leaflet-control-attribution").getByRole("link", { name: "Test map" }).waitFor();
  assert.ok((await page.locator(".base-map canvas").count()) > 0, "outside the file there is no map");
  const dark = await colourAtCentre(page, ".pmtiles canvas");
  await page.emulateMedia({ colorScheme: "light" });
  const isLight = async () => ((await colourAtCentre(page, ".pmtiles canvas"))?.[0] ?? 0) > dark[0] + 80;
  await eventually(isLight, `the map is as dark as before: ${dark}`);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto(new URL("?view=map&base=Frankfurt&at=50.03,8.57,17", page.url()).href);
  await inked(page, ".pmtiles canvas", 20_000);

  // Codes make room for the names of the built-in map, not for those of a map that is not there.
  const widest = async () => Math.max(0, ...(await page.evaluate(() => (window.__flights?.texts() ?? []).map(({ left, right }) => right - left))));
  await page.goto(new URL("?view=map&at=50,8.6,8", page.url()).href);
  await eventually(async () => (await widest()) > 40, "the built-in map has no names");
  await options.click();
  await maps.selectOption("Pictures");
  await page.locator(".base-map").waitFor({ state: "detached" });
  await eventually(async () => (await widest()) < 30, "names of the built-in map are still in the way");
  await options.click();
  await page.goto(new URL("?view=map&base=Frankfurt&at=50.03,8.57,17", page.url()).href);
  await inked(page, ".pmtiles canvas", 20_000);

  // Night, graticule and fading.
  await options.click();
  await page.getByRole("switch", { name: "Day and night" }).click();
  await inAddress(page, "night", "on");
  await page.locator("path.night").waitFor({ state: "attached" });
  await page.getByRole("switch", { name: "Graticule" }).click();
  await inAddress(page, "graticule", "on");
  await page.locator(".graticule-label").first().waitFor({ state: "attached" });
  await page.goto(new URL("?view=map&night=on&graticule=on&at=20,0,3", page.url()).href);
  await page.waitForFunction(() => (document.querySelector("path.night")?.getAttribute("d") ?? "").length > 200);
  const labels = await page.locator(".graticule-label").allTextContents();
  assert.ok(["0°", "20°N", "20°W", "20°E"].every((label) => labels.includes(label)), `labels: ${labels}`);
  // None lies behind the legend.
  await page.locator(".legend, .map-overlay").first().waitFor();
  const hidden = () =>
    page.evaluate(() => {
      const covers = [...document.querySelectorAll("main .map-overlay")].map((cover) => cover.getBoundingClientRect());
      return [...document.querySelectorAll(".graticule-label span")]
        .filter((label) => {
          const { left, top, right, bottom } = label.getBoundingClientRect();
          return covers.some((cover) => left < cover.right && right > cover.left && top < cover.bottom && bottom > cover.top);
        })
        .map(({ textContent }) => textContent);
    });
  await eventually(async () => (await hidden()).length === 0, `behind the legend: ${await hidden()}`);
  await options.click();
  await page.getByRole("slider", { name: "Fade the map" }).focus();
  for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowRight");
  await inAddress(page, "fade", "40");
  await page.waitForFunction(() => document.querySelector(".base-map").style.opacity === "0.6");

  // Raster tiles of another origin keep their colours; a map that cannot be loaded is replaced and reported.
  await maps.selectOption("Pictures");
  await page.waitForFunction(() => document.querySelectorAll(".leaflet-tile-pane img.leaflet-tile-loaded").length > 3);
  assert.equal(await page.locator(".tile-server").count(), 0);
  await maps.selectOption("Missing");
  await hint(page, "Map tiles failed to load. The built-in map is shown instead.");
  await page.locator(".base-map canvas").first().waitFor({ state: "attached" });
  await closeHints(page);

  // Raster tiles of a PMTiles file, at a zoom that it has and at a closer one, with the built-in map around them.
  const pictures = () =>
    page.evaluate(() => {
      const tiles = [...document.querySelectorAll(".pmtiles img")];
      return tiles.filter(({ src, naturalWidth }) => src.startsWith("blob:") && naturalWidth === 192).length;
    });
  for (const zoom of [9, 12]) {
    await page.goto(new URL(`?view=map&base=Photos&at=50.03,8.57,${zoom}`, page.url()).href);
    await eventually(async () => (await pictures()) >= 2, "the raster tiles of the file are not shown");
    await page.locator(".leaflet-control-attribution").getByRole("link", { name: "Test map" }).waitFor();
  }
  assert.ok((await page.locator(".base-map canvas").count()) > 0, "outside the file there is no map");
  assert.equal(await page.getByTestId("hint").filter({ hasText: "Map tiles failed" }).count(), 0);

  // Files of the viewer: dropped, or chosen in a dialog. Names and descriptions are text.
  await page.goto(new URL("?view=map&at=50,8.6,8&hide=Airspaces|Ring|Gone", page.url()).href);
  await options.click();
  await page.getByText("Open a file …").waitFor();
  await drop(page, { name: "airspaces.geojson", bytes: readFileSync(join(FILES, "airspaces.geojson")) });
  await page.getByRole("button", { name: /^airspaces\.geojson\s*1 shape/ }).waitFor();
  await inked(page, ".leaflet-overlays-pane canvas", 5_000);
  await page.getByLabel("Open a file …").setInputFiles(join(FILES, "ring.kml"));
  await page.getByRole("button", { name: /^ring\.kml/ }).waitFor();
  await page.keyboard.press("Escape");
  const { width, height } = page.viewportSize();
  // An aircraft or an airport may be at one of these places.
  for (const share of [0.46, 0.5, 0.54, 0.58, 0.42]) {
    await page.mouse.click(width * share, height * 0.6);
    if ((await page.locator(".overlay-popup").count()) > 0) break;
    await page.keyboard.press("Escape");
  }
  await page.locator(".overlay-popup").getByText("Frankfurt CTR").first().waitFor();
  assert.equal(await page.locator(".overlay-popup img").count(), 0);
  // Aircraft are drawn below it.
  const top = await page.evaluate(() => {
    const canvases = [...document.querySelectorAll(".flight-canvas, .label-canvas")];
    for (const canvas of canvases) canvas.style.pointerEvents = "auto";
    const { left, top: above, width, height } = document.querySelector(".overlay-popup").getBoundingClientRect();
    const found = document.elementFromPoint(left + width / 2, above + height / 3);
    for (const canvas of canvases) canvas.style.pointerEvents = "";
    return found.closest(".overlay-popup") === null ? found.className : "popup";
  });
  assert.equal(top, "popup", "something is drawn over the popup");
  // It moves with the map.
  const leftOf = () => page.evaluate(() => document.querySelector(".overlay-popup").getBoundingClientRect().left);
  const before = await leftOf();
  await page.locator(".leaflet-container").focus();
  await page.keyboard.press("ArrowRight");
  const hasMoved = async () => Math.abs(before - (await leftOf()) - 80) < 2;
  await eventually(hasMoved, "the popup has not moved with the map");
  await page.locator(".overlay-popup").getByRole("button", { name: "Close" }).click();

  // Files that are no maps: each has its message, and what was there stays.
  for (const [file, message] of [
    [text("notes.txt", "hello"), "notes.txt is not GeoJSON, KML, GPX or PMTiles."],
    [text("broken.geojson", '{"type":"FeatureCollection","features":['), "broken.geojson is not GeoJSON, KML, GPX or PMTiles."],
    [text("broken.kml", "<kml><Document>"), "broken.kml is not GeoJSON, KML, GPX or PMTiles."],
    [text("page.kml", "<html xmlns='http://www.w3.org/1999/xhtml'/>"), "page.kml is not GeoJSON, KML, GPX or PMTiles."],
    [text("empty.kml", "<kml xmlns='http://www.opengis.net/kml/2.2'><Document/></kml>"), "empty.kml has no places that the map can show."],
    [{ ...text("large.geojson", ""), spaces: 10_000_001 }, "large.geojson is larger than 10\u00a0MB."],
    [text("broken.pmtiles", "PMTiles"), "Map tiles failed to load. The built-in map is shown instead."],
  ]) {
    await drop(page, file);
    await hint(page, message);
    await closeHints(page);
  }
  await inked(page, ".leaflet-overlays-pane canvas", 5_000);
  await drop(page, text("track.gpx", '<gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><name>T</name><trkseg><trkpt lat="50" lon="8"/><trkpt lat="50.2" lon="8.5"/></trkseg></trk></gpx>'));
  await options.click();
  await page.getByRole("button", { name: /^track\.gpx/ }).waitFor();
  await page.getByRole("button", { name: "Close your files" }).click();
  await page.getByRole("button", { name: /^track\.gpx/ }).waitFor({ state: "detached" });
  await page.keyboard.press("Escape");

  // A map of this device.
  await drop(page, { name: "home.pmtiles", bytes: readFileSync(join(FILES, "frankfurt.pmtiles")) });
  await inAddress(page, "base", "home.pmtiles");
  await inked(page, ".pmtiles canvas", 20_000);

  assert.equal(await page.evaluate(() => window.__smuggled), undefined);
  assert.deepEqual(await page.evaluate(() => window.__violations), []);
});
