// No box lies over another, nothing leaves the window, and no control has the browser's own colours, in any view that has text of
// its own, on the device DEVICE. Text that is cut is listed by the gallery: names may be longer than any phone is wide.
import { DEVICES, VIEWS } from "./gallery_views.mjs";
import { flaws, settle, watchRequests } from "./looks.mjs";
import { assert, withPage } from "./page.mjs";

/** The other views of the gallery are about the map, which a rule does not judge. */
const CHECKED = [
  ...["split", "columns", "statistics", "connection", "filters", "alerts", "card", "photo", "facts", "options", "options-split"],
  ...["overlays", "airport", "nearby", "fence-form", "drawing", "measure-alert", "past", "jump", "several-alert", "search", "menu"],
  ...["kiosk-alert", "help", "settings", "no-match"],
];

const WRONG = /^(partly covered|covered|outside|in the browser's own colours):/;

const options = { ...DEVICES[process.env.DEVICE], ignoreHTTPSErrors: true, path: "/?view=map", prepare: watchRequests };
await withPage(options, async (page) => {
  const found = [];
  for (const name of CHECKED) {
    await VIEWS[name](page);
    const awaited = await settle(page);
    if (awaited !== null) found.push(`${name} did not settle: ${awaited}`);
    const wrong = (await flaws(page)).filter((flaw) => WRONG.test(flaw));
    found.push(...wrong.map((flaw) => `${name}: ${flaw}`));
  }
  assert.deepEqual(found, []);
});
