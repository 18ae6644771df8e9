// A reader loads the later texts of one language.
import { beforeEach, expect, test, vi } from "vitest";

let later: typeof import("./later");
beforeEach(async () => {
  vi.resetModules();
  later = await import("./later");
});

test("a change of the language loads later texts only where a part shows some", async () => {
  await later.loadLaterTextsAlso("de");
  expect(later.hasLaterTexts("de")).toBe(false);
  await later.loadLaterTexts("en");
  expect(later.hasLaterTexts("de")).toBe(false);
  await later.loadLaterTextsAlso("de");
  expect(later.hasLaterTexts("de")).toBe(true);
});

test("what needs them waits for them, and gets those that are there at once", async () => {
  const first = await new Promise<object>((resolve) => later.withLaterTexts("fr", resolve));
  const use = vi.fn();
  later.withLaterTexts("fr", use);
  expect(use).toHaveBeenCalledExactlyOnceWith(first);
});
