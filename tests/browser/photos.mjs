// The card's photo: shown with its link and attribution, left out if the server has none, and not asked for by other trackers.
import { assert, withPage } from "./page.mjs";

const { PHOTOS } = process.env;
const card = (page) => page.getByRole("region", { name: "Selected aircraft" });
const photo = (page) => card(page).getByTestId("photo");

await withPage({ path: "/?view=map", ignoreHTTPSErrors: true }, async (page) => {
  const foreign = [];
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== new URL(page.url()).origin && /^http/.test(request.url())) foreign.push(request.url());
  });
  await page.evaluate(() => {
    window.__violations = [];
    document.addEventListener("securitypolicyviolation", ({ blockedURI }) => window.__violations.push(blockedURI));
  });
  const flights = await page.evaluate(async () => (await (await fetch("/api/v1/flights?limit=300")).json()).flights);
  const [even, odd] = [0, 1].map((rest) =>
    flights.find(({ icao24, registration }) => registration && Number.parseInt(icao24, 16) % 2 === rest),
  );
  const select = async ({ icao24, registration }) => {
    await page.evaluate((address) => {
      history.pushState(null, "", `?view=map&flight=${address}`);
      window.dispatchEvent(new PopStateEvent("popstate"));
    }, icao24);
    await card(page).getByText(registration).first().waitFor({ state: "attached" });
  };

  await select(even);
  if (!PHOTOS) {
    await card(page).getByText("All values").waitFor();
    assert.equal(await photo(page).count(), 0);
    assert.deepEqual(foreign, [], "another server is asked");
    return;
  }
  const image = photo(page).getByRole("img", { name: `Photo of ${even.registration}` });
  await image.waitFor();
  await page.waitForFunction(() => document.querySelector("[data-testid=photo] img").getBoundingClientRect().height > 60);
  const shown = await image.boundingBox();
  const around = await card(page).boundingBox();
  assert.ok(shown.x >= around.x && shown.x + shown.width <= around.x + around.width, "the photo is wider than the card");
  await photo(page).getByText("© Photos of the test").waitFor();
  const link = photo(page).getByRole("link");
  const target = `https://photos.example.org/of/${even.icao24}?registration=${encodeURIComponent(even.registration)}`;
  assert.equal(await link.getAttribute("href"), target);
  assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
  assert.equal(await link.getAttribute("target"), "_blank");

  await select(odd);
  await photo(page).waitFor({ state: "detached" });
  await select(even);
  await image.waitFor();

  const asked = new Set(foreign);
  assert.deepEqual([...asked].sort(), [even, odd].map(({ icao24 }) => `${PHOTOS}/small/${icao24}.png`).sort());
  assert.deepEqual(await page.evaluate(() => window.__violations), []);
});

// In the low sheet of a tablet it is beside the facts, whole; below them a strip of it would be seen.
if (PHOTOS) {
  await withPage({ path: "/?view=map", viewport: { width: 820, height: 1180 }, hasTouch: true, isMobile: true, ignoreHTTPSErrors: true }, async (page) => {
    const icao24 = await page.evaluate(async () => {
      const { flights } = await (await fetch("/api/v1/flights?limit=300")).json();
      return flights.find((one) => one.registration && one.origin && Number.parseInt(one.icao24, 16) % 2 === 0).icao24;
    });
    await page.goto(new URL(`/?view=map&flight=${icao24}`, page.url()).href);
    // In one look: on a busy machine the photo was gone in a second one.
    const loaded = () => {
      const slot = document.querySelector("[data-testid=photo]");
      const box = slot?.querySelector("img").getBoundingClientRect();
      return slot && !slot.matches(".sr-only") && box.height > 60 ? box.toJSON() : null;
    };
    const shown = await (await page.waitForFunction(loaded)).jsonValue();
    const around = await card(page).boundingBox();
    assert.ok(shown.y + shown.height <= around.y + around.height, `the photo is cut: ${shown.y + shown.height} of ${around.y + around.height}`);
    const facts = await card(page).getByText("Squawk", { exact: true }).boundingBox();
    assert.ok(facts.x + facts.width <= shown.x, "the photo is not beside the facts");
  });
}
