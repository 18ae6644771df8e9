// The name of a build: a digest of what it is made from, so that the same sources give the same files.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const FOLDERS = ["src", "client/src", "public"];
const FILES = ["package-lock.json", "next.config.ts", "postcss.config.mjs"];

/**
 * Returns 16 hexadecimal digits that differ when anything in the page's sources does; tests are no part of the page.
 *
 * @param {string} web the directory of the page's sources
 */
export function sourcesDigest(web) {
  const found = FOLDERS.flatMap((folder) =>
    readdirSync(join(web, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
  const hash = createHash("sha256");
  for (const name of [...found, ...FILES].sort()) {
    const path = join(web, name);
    if (statSync(path).isFile() && !name.endsWith(".test.ts")) {
      hash.update(`${name}\0`).update(readFileSync(path));
    }
  }
  return hash.digest("hex").slice(0, 16);
}
