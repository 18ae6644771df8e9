// The page under its Content-Security-Policy: nothing of the page is blocked, and injected scripts do not run.
import { assert, withPage } from "./page.mjs";

const watchViolations = () => {
  window.__violations = [];
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile, sample }) => {
    window.__violations.push(`${violatedDirective} ${blockedURI} ${sourceFile ?? ""} ${sample}`);
  });
};
const violations = (page) => page.evaluate(() => window.__violations);

await withPage({}, async (page) => {
  const refused = [];
  page.on("console", (message) => {
    if (/content.security.policy/i.test(message.text())) refused.push(message.text());
  });
  await page.addInitScript(watchViolations);
  const response = await page.reload();
  await page.waitForFunction(() => (window.__flights?.count().shown ?? 0) > 100);
  const policy = response.headers()["content-security-policy"];
  const scripts = policy.split("; ").find((directive) => directive.startsWith("script-src"));
  assert.ok(!scripts.includes("unsafe") && scripts.includes("'sha256-"), policy);

  // Use the functions of the page: panels, the table, the theme, an aircraft.
  for (const button of await page.getByRole("button").all()) {
    // A button may have disappeared, or be covered by a panel that another one opened.
    if ((await button.isVisible()) && (await button.isEnabled())) await button.click({ timeout: 500 }).catch(() => {});
  }
  await page.mouse.click(720, 450);
  await page.mouse.wheel(0, -600);
  assert.deepEqual([await violations(page), refused], [[], []], "the page itself is refused nothing");

  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.__smuggled = 'script'";
    document.body.append(script);
    const image = document.createElement("div");
    image.innerHTML = `<img src="data:," onerror="window.__smuggled = 'handler'">`;
    document.body.append(image);
  });
  const fetched = await page.evaluate(() =>
    fetch("https://elsewhere.example/").then(
      () => "sent",
      () => "refused",
    ),
  );
  await page.waitForFunction(() => window.__violations.length >= 3);
  assert.equal(await page.evaluate(() => window.__smuggled), undefined);
  assert.equal(fetched, "refused");
  console.log((await violations(page)).join("\n"));
});
