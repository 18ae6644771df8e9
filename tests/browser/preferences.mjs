// Preferences: theme, units, language and keys, by mouse, by keyboard and by address; all of them are stored.
import { readFileSync } from "node:fs";
import { assert, withPage } from "./page.mjs";

const address = (page) => new URL(page.url()).searchParams;

await withPage({}, async (page) => {
  await page.getByRole("button", { name: "Settings" }).click();
  const settings = page.getByRole("dialog", { name: "Settings" });
  await settings.getByRole("radio", { name: "Light" }).check();
  await settings.getByRole("radio", { name: /^Metric/ }).check();
  assert.equal(await page.locator("html").getAttribute("data-theme"), "light");
  await page.getByRole("row").getByText(/\d\sm$/).first().waitFor();
  await settings.getByRole("radio", { name: "Deutsch" }).check();
  const einstellungen = page.getByRole("dialog", { name: "Einstellungen" });
  await einstellungen.waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "de");
  await page.keyboard.press("Escape");
  await einstellungen.waitFor({ state: "detached" });
  const focused = await page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
  assert.equal(focused, "Einstellungen", "the focus did not go back to where it was");
  assert.deepEqual(
    ["theme", "units", "lang"].map((name) => address(page).get(name)),
    ["light", "metric", "de"],
  );

  // The browser stores it, also without the address.
  await page.goto(new URL("/", page.url()).href);
  await page.getByRole("tab", { name: "Flugzeuge" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("data-theme"), "light");
  await page.getByRole("row").getByText(/\d\sm$/).first().waitFor();
  // The address overrides the stored preferences.
  await page.goto(new URL("/?lang=en&theme=dark&units=aviation", page.url()).href);
  await page.getByRole("tab", { name: "Aircraft" }).waitFor();
  await page.getByRole("row").getByText(/\d\sft$/).first().waitFor();
});

await withPage({ locale: "fr-CA" }, async (page) => {
  await page.getByRole("tab", { name: "Avions" }).waitFor();
  await page.waitForFunction(() => document.title === "Suivi des vols");
});

const laterText = (tag) => JSON.parse(readFileSync(new URL(`../../web/src/texts/${tag}.json`, import.meta.url), "utf8")).airport.noArrivals;
const scripts = [];
const collect = (page) => page.on("response", (response) => /\.js$/.test(response.url()) && scripts.push(response.text()));

// Texts of the first picture, of a part that loads later, and a country, for a reader in Mexico, who loads no other later texts.
await withPage({ locale: "es-MX", prepare: collect, serviceWorkers: "block" }, async (page) => {
  await page.getByRole("tab", { name: "Aeronaves" }).waitFor();
  await page.waitForFunction(() => document.title === "Seguimiento de vuelos");
  assert.equal(await page.locator("html").getAttribute("lang"), "es");
  await page.getByRole("banner").getByText(/^\d+ aeronaves$/).waitFor();
  await page.getByRole("button", { name: "Ajustes" }).click();
  const settings = page.getByRole("dialog", { name: "Ajustes" });
  assert.ok(await settings.getByRole("radio", { name: "Navegador" }).isChecked());
  await settings.getByRole("radio", { name: "Español" }).waitFor();
  const loaded = (await Promise.all(scripts)).join("\n");
  assert.deepEqual(["en", "de", "es", "fr"].filter((tag) => loaded.includes(laterText(tag))), ["es"]);
  await page.setViewportSize({ width: 360, height: 800 });
  const cutOff = await settings.evaluate((dialog) => {
    const { right } = dialog.getBoundingClientRect();
    const isOutside = (label) => label.getBoundingClientRect().right > right;
    return [...dialog.querySelectorAll("label")].filter(isOutside).map((label) => label.textContent);
  });
  assert.deepEqual(cutOff, [], "choices outside the settings on a phone");
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.keyboard.press("Escape");
  await page.getByRole("tab", { name: "Filtros" }).click();
  await page.getByRole("checkbox", { name: /^(Alemania|España|Estados Unidos|Francia|Reino Unido)/ }).first().waitFor();
});

await withPage({}, async (page) => {
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard" });
  await help.getByText("Copy a link to this view").waitFor();
  const written = await help.locator("kbd").allTextContents();
  assert.deepEqual(written.filter((key) => /^[a-z]$/.test(key)), [], "keys are written as on the keyboard");
  await page.keyboard.press("Escape");
  // With caps lock on, a key is a capital letter.
  await page.keyboard.press("X");
  assert.equal(await page.getByRole("tab", { name: "Filters" }).getAttribute("aria-selected"), "true");
  await page.keyboard.press("s");
  assert.equal(await page.getByRole("tab", { name: "Statistics" }).getAttribute("aria-selected"), "true");
  await page.keyboard.press("3");
  await page.waitForFunction(() => new URL(location.href).searchParams.get("view") === "table");
  await page.keyboard.press("d");
  assert.equal(await page.locator("html").getAttribute("data-theme"), "light");
  await page.keyboard.press("/");
  await page.keyboard.type("dsa");
  assert.equal(await page.getByRole("combobox", { name: /^Flight/ }).inputValue(), "dsa", "keys act while a person types");
  assert.equal(await page.locator("html").getAttribute("data-theme"), "light");
  await page.keyboard.press("Escape");
  await page.keyboard.press(",");
  await page.getByRole("switch", { name: "Single-key shortcuts" }).uncheck();
  await page.keyboard.press("Escape");
  await page.keyboard.press("d");
  assert.equal(await page.locator("html").getAttribute("data-theme"), "light", "a key acts although keys are off");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
});

// The map's names follow the language.
await withPage({ path: "/?view=map&at=48,9,5" }, async (page) => {
  const drawn = () => [...document.querySelectorAll(".base-map canvas")].map((tile) => tile.toDataURL()).join();
  // Names come a second and a half after the first picture, in no element that could be waited for.
  await page.waitForTimeout(4_000);
  const english = await page.evaluate(drawn);
  assert.equal(await page.evaluate(drawn), english);
  await page.keyboard.press(",");
  await page.getByRole("radio", { name: "Español" }).check();
  await page.waitForFunction(
    (before) => [...document.querySelectorAll(".base-map canvas")].map((tile) => tile.toDataURL()).join() !== before,
    english,
  );
});
