// Screenshots of every view for review, on a phone, a tablet, a laptop and a wall screen, dark and light, and what a rule finds
// ugly in them (looks.mjs), also in flaws.txt. `gallery.py` runs it against gateways with few and with many aircraft. DEVICES,
// THEMES and VIEWS (comma-separated names) select some.
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEVICES, load, STATES, VIEWS } from "./gallery_views.mjs";
import { flaws, settle, watchRequests } from "./looks.mjs";
import { gateway, PICTURES, withPage } from "./page.mjs";

const THEMES = ["dark", "light"];
/** Time for trails to grow; the first picture has none. */
const SETTLING_MS = Number(process.env.SETTLING_MS ?? 3_000);

const wanted = (names, variable) => names.filter((name) => (process.env[variable] ?? names.join()).split(",").includes(name));

const LIST = join(PICTURES, "flaws.txt");
writeFileSync(LIST, "");
const report = (line) => {
  console.log(line);
  appendFileSync(LIST, `${line}\n`);
};

for (const device of wanted(Object.keys(DEVICES), "DEVICES")) {
  for (const colorScheme of wanted(THEMES, "THEMES")) {
    // The server of photos has a certificate of its own.
    const options = { ...DEVICES[device], colorScheme, ignoreHTTPSErrors: true };
    await withPage({ ...options, fewest: 5, path: "/?view=map", prepare: watchRequests }, async (page) => {
      const take = async (name, open) => {
        const title = `${name}-${device}-${colorScheme}`;
        // One that fails must not cost the others.
        const failure = await open(page).then(() => null, String);
        const awaited = await settle(page);
        await page.screenshot({ path: join(PICTURES, `${title}.png`) });
        const problems = await flaws(page);
        if (awaited !== null) problems.unshift(`did not settle: ${awaited.slice(0, 300)}`);
        if (failure !== null) problems.unshift(`failed: ${failure.split("\n")[0]}`);
        for (const problem of problems) report(`${title}: ${problem}`);
      };
      await page.waitForTimeout(SETTLING_MS);
      for (const name of wanted(Object.keys(VIEWS), "VIEWS")) {
        await take(name, VIEWS[name]);
      }
      const states = wanted(Object.keys(STATES), "VIEWS");
      if (states.length > 0) await load(page, "?view=split");
      for (const name of states) {
        await take(name, STATES[name]);
      }
      if (states.length > 0) await gateway("start");
    });
  }
}
