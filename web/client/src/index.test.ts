// The border of the package: it runs without the page, and the page uses only what others can use, too.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";

const PACKAGE = import.meta.dirname;
const PAGE = join(PACKAGE, "../../src");

function importsBelow(folder: string): string[][] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));
  return files
    .filter((name) => !name.endsWith(".test.ts"))
    .flatMap((name) => {
      const text = readFileSync(join(folder, name), "utf8");
      return [...text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map((found) => [name, found[1] as string]);
    });
}

test("modules of the package import only each other", () => {
  const imports = importsBelow(PACKAGE);
  expect(imports.length).toBeGreaterThan(30);
  const isInside = ([name, target]: string[]) =>
    target?.startsWith(".") && resolve(PACKAGE, dirname(name as string), target).startsWith(`${PACKAGE}/`);
  expect(imports.filter((one) => !isInside(one))).toEqual([]);
});

test("the page imports the package by its name", () => {
  const imports = importsBelow(PAGE).filter(([, target]) => target?.includes("client/"));
  expect(imports.filter(([, target]) => /client\/(src|dist)/.test(target as string))).toEqual([]);
});
