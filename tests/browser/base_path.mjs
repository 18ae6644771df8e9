// The page below a path of its host: every request stays below it, and links, offline use and 404 work there.
import { assert, count, URL_OF_PAGE, withPage } from "./page.mjs";

const { origin, pathname: BASE } = new URL(URL_OF_PAGE);
const ADDRESS = URL_OF_PAGE.replace(/\/$/, "");
const requested = [];
const failed = [];

function watch(page) {
  page.on("request", (request) => requested.push(request.url()));
  page.on("websocket", (socket) => requested.push(socket.url()));
  page.on("response", (answer) => answer.status() >= 400 && failed.push(`${answer.status()} ${answer.url()}`));
  page.on("requestfailed", (request) => {
    const error = request.failure()?.errorText;
    // A page that is left, and one that is offline.
    if (!["net::ERR_ABORTED", "net::ERR_INTERNET_DISCONNECTED"].includes(error))
      failed.push(`${error} ${request.url()}`);
  });
}

const contextOptions = { permissions: ["clipboard-read", "clipboard-write"], path: ADDRESS, prepare: watch };
let link = "";
await withPage(contextOptions, async (page) => {
  assert.equal(new URL(page.url()).pathname, BASE, "the address without its last slash leads to the page");

  // Parts that load later: dialogs, panels, the table of type names, the airports.
  for (const tab of ["Statistics", "Filters", "Alerts", "Aircraft"]) await page.getByRole("tab", { name: tab }).click();
  await page.getByRole("row").nth(1).click();
  await page.getByRole("region", { name: "Selected aircraft" }).waitFor();
  await page.waitForFunction(() =>
    performance.getEntriesByType("resource").some(({ name }) => name.endsWith("/track")),
  );
  await page.getByRole("button", { name: "Copy a link to this view" }).click();
  await page.getByText("Link copied.", { exact: true }).waitFor();
  link = await page.evaluate(() => navigator.clipboard.readText());

  const scope = await page.evaluate(async () => (await navigator.serviceWorker.ready).scope);
  assert.equal(scope, `${origin}${BASE}`);
  const manifest = await page.evaluate(async () => {
    const url = document.querySelector("link[rel=manifest]").href;
    const { start_url, icons } = await (await fetch(url)).json();
    const answers = await Promise.all(icons.map(({ src }) => fetch(new URL(src, url))));
    return { start: new URL(start_url, url).pathname, icons: answers.map(({ status }) => status) };
  });
  assert.deepEqual(manifest, { start: BASE, icons: [200, 200, 200] });

  await page.context().setOffline(true);
  await page.reload();
  await page.getByTestId("banner").filter({ hasText: "This device is offline." }).waitFor();
  await page.context().setOffline(false);
});

assert.ok(link.startsWith(`${origin}${BASE}?`), link);
await withPage({ path: link, fewest: 1, prepare: watch }, async (page) => {
  await page.getByRole("region", { name: "Selected aircraft" }).waitFor();
  assert.ok((await count(page)).shown > 0);
  const errors = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  const before = failed.length;
  assert.equal((await page.goto(`${ADDRESS}/lost/deep`)).status(), 404);
  const back = page.getByRole("link", { name: "Open the flight map" });
  await back.waitFor();
  assert.equal(failed.length, before + 1, "the document of an unknown path loads nothing");
  failed.pop();
  assert.deepEqual(
    errors.filter((text) => !text.includes("404")),
    [],
  );
  for (const [theme, ground] of [
    ["light", "rgb(233, 238, 242)"],
    ["dark", "rgb(10, 15, 22)"],
  ]) {
    await page.goto(`${ADDRESS}/lost?theme=${theme}&lang=fr`);
    failed.pop();
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), ground);
    await page.getByRole("heading", { name: "Cette page n’existe pas" }).waitFor();
    assert.equal(await back.count(), 0, "one language at a time");
  }
  await page.goto(`${ADDRESS}/lost/deep`);
  failed.pop();
  await back.click();
  await page.waitForURL((url) => url.pathname === BASE);
});

const sort = (urls) => [...new Set(urls.map((url) => new URL(url).pathname.replace(BASE, "").replace(/[^/]*$/, "")))];
const kinds = ["api/v1/", "_next/static/chunks/", "_next/static/media/", ""];
for (const kind of kinds) assert.ok(sort(requested).includes(kind), `nothing of ${BASE}${kind} was requested`);
assert.ok(
  requested.some((url) => url.startsWith("ws:") && new URL(url).pathname === `${BASE}ws`),
  "no WebSocket",
);
const outside = requested.filter((url) => /^(http|ws)/.test(url) && !`${new URL(url).pathname}/`.startsWith(BASE));
assert.deepEqual([outside, failed], [[], []], "every request stays below the path, and is answered");
console.log(`${requested.length} requests below ${BASE}`);
