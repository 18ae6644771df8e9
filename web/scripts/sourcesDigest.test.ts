import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sourcesDigest } from "./sourcesDigest.mjs";

let web: string;

beforeEach(() => {
  web = mkdtempSync(join(tmpdir(), "page-"));
  for (const folder of ["src/map", "client/src", "public"]) {
    mkdirSync(join(web, folder), { recursive: true });
  }
  for (const name of ["package-lock.json", "next.config.ts", "postcss.config.mjs", "src/map/draw.ts"]) {
    writeFileSync(join(web, name), name);
  }
});

afterEach(() => rmSync(web, { recursive: true }));

test("the same sources have the same digest, others another", () => {
  const digest = sourcesDigest(web);
  expect(digest).toMatch(/^[0-9a-f]{16}$/);
  expect(sourcesDigest(web)).toBe(digest);
  writeFileSync(join(web, "src/map/draw.ts"), "another");
  expect(sourcesDigest(web)).not.toBe(digest);
});

test.each(["public/icon.svg", "src/map/more.ts", "client/src/more.ts"])("a new file is another page: %s", (name) => {
  const digest = sourcesDigest(web);
  writeFileSync(join(web, name), "");
  expect(sourcesDigest(web)).not.toBe(digest);
});

test("tests and what a build leaves are no part of the page", () => {
  const digest = sourcesDigest(web);
  mkdirSync(join(web, ".next"));
  writeFileSync(join(web, ".next/trace"), "");
  writeFileSync(join(web, "src/map/draw.test.ts"), "");
  expect(sourcesDigest(web)).toBe(digest);
});
