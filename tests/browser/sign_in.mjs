// A gateway that requires tokens: the page's messages without one, with an invalid, an insufficient and a valid one, at
// its expiry, and after signing out. Axe finds nothing in the window for it.
import { createHmac } from "node:crypto";
import { assert, count, withPage } from "./page.mjs";
import { assertNothingFound, checkInBothThemes } from "./wcag.mjs";

const part = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** A token of this test's identity provider. */
function token({ seconds = 3_600, scope = "view stats", secret = process.env.SECRET }) {
  const claims = { sub: "amelia", jti: `${Date.now()}`, exp: Math.floor(Date.now() / 1000) + seconds, scope };
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

const enter = async (page, pasted) => {
  const dialog = page.getByRole("dialog", { name: "Sign in" });
  await dialog.getByRole("textbox", { name: "Token" }).fill(pasted);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  return dialog;
};
const banner = (page, text) => page.getByTestId("banner").filter({ hasText: text }).waitFor();
const isLive = (page) => page.waitForFunction(() => window.__flights?.connection().phase === "live");

await withPage({ fewest: 0 }, async (page) => {
  await page.getByTestId("connection").filter({ hasText: "Signed out" }).waitFor();
  await banner(page, "This tracker requires a token.");
  await checkInBothThemes(page, "sign in");
  const dialog = await enter(page, "my password");
  await dialog.getByRole("alert").getByText(/^This is not a token/).waitFor();
  await checkInBothThemes(page, "sign in, refused");
  await enter(page, token({ secret: "another secret that is long enough to be one" }));
  await dialog.getByRole("alert").getByText("The token is invalid or has expired.").waitFor();
  await dialog.getByText(/^Gateway: /).waitFor();
  await enter(page, token({ scope: "stats" }));
  await dialog.getByRole("alert").getByText("The token does not allow viewing this tracker.").waitFor();
  assert.equal((await count(page)).total, 0, "aircraft are shown without a token");

  // One that expires soon, pasted as a header: it works, and its expiry is announced.
  await enter(page, `Authorization: Bearer ${token({ seconds: 12 })}\n`);
  await dialog.waitFor({ state: "detached" });
  await isLive(page);
  await banner(page, /^Your token expires in \d+\ss\.$/);
  const { total } = await count(page);
  await page.getByRole("row").nth(1).click();
  await page.getByRole("region", { name: "Selected aircraft" }).waitFor();

  // It expires: the picture stays with its age, and another token makes it live again without a reload.
  await page.getByTestId("connection").filter({ hasText: "Reconnecting" }).waitFor();
  await banner(page, /^The token is invalid or has expired\. The positions are \d+\ss old\.$/);
  assert.ok((await count(page)).total >= 0.9 * total, "the picture was thrown away");
  assert.equal(await dialog.count(), 0, "a window covers the picture");
  await page.getByRole("button", { name: "Enter a token" }).click();
  const good = token({});
  await enter(page, good);
  await isLive(page);
  await dialog.waitFor({ state: "detached" });
  await page.getByTestId("banner").waitFor({ state: "detached" });

  // It is stored while the tab is open, and gives access to the gateway's tracks.
  await page.reload();
  await isLive(page);
  const ask = (path) =>
    page.evaluate(
      async ([where, shown]) => (await fetch(where, { headers: { Authorization: `Bearer ${shown}` } })).status,
      [path, good],
    );
  assert.equal(await ask("/api/v1/session"), 200);

  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await banner(page, "This tracker requires a token.");
  while ((await ask("/api/v1/session")) !== 401) await page.waitForTimeout(200);
  await page.reload();
  await page.getByRole("dialog", { name: "Sign in" }).waitFor();
});
assertNothingFound();
