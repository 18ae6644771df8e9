// The last step of the build: makes the exported page work below any path of a host, without a build for each path.
//
// `assetPrefix: "."` (next.config.ts) makes the document name its files relative to itself. Two places remain:
// - Turbopack starts workers from URLs relative to the origin. They become relative to the document.
// - 404.html is served at any depth, where no relative URL leads to a file. It is ours, with the theme, language and texts of the page.
//   node scripts/anyPath.mjs DIRECTORY
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readTexts } from "./texts.mjs";

const WORKER = /("SharedWorker"===\w+\.name,\w+=)(\w+\.b)\b/g;

/**
 * Returns a chunk with its workers started relative to the document, and how many places were changed.
 *
 * @param {string} chunk
 */
export function startWorkersHere(chunk) {
  let places = 0;
  const changed = chunk.replace(WORKER, (_, before, base) => {
    places += 1;
    return `${before}new URL(${base},document.baseURI).pathname`;
  });
  return { chunk: changed, places };
}

/**
 * Returns 404.html with the script that sets theme and language in the page's head.
 *
 * @param {string} lost
 * @param {string} page
 */
export function withHeadScript(lost, page) {
  const script = /<script>(?:(?!<\/script>)[\s\S])*?dataset\.theme[\s\S]*?<\/script>/.exec(page)?.[0];
  if (script === undefined) throw new Error("the page has no script that sets its theme");
  return lost.replace("<script></script>", () => script);
}

/**
 * Returns 404.html with its texts in each language, of which the style shows one.
 *
 * @param {string} lost
 * @param {{ [tag: string]: { lost: { title: string, text: string, link: string } } }} languages
 */
export function withTexts(lost, languages) {
  const tags = Object.keys(languages);
  const others = tags.map((tag) => `html:lang(${tag}) body [lang]:not(:lang(${tag}))`);
  const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const parts = Object.entries(languages).map(([tag, { lost: texts }]) => {
    const [title, text, link] = [texts.title, texts.text, texts.link].map(escaped);
    return `<div lang="${tag}"><h1>${title}</h1><p>${text}</p><a href="/">${link}</a></div>`;
  });
  return lost
    .replace("/* languages */", () => `${others.join(", ")} { display: none; }`)
    .replace("<!-- texts -->", () => parts.join("\n      "));
}

function makeAnyPath(directory) {
  const chunks = join(directory, "_next/static/chunks");
  let all = 0;
  for (const name of readdirSync(chunks).filter((file) => file.endsWith(".js"))) {
    const { chunk, places } = startWorkersHere(readFileSync(join(chunks, name), "utf8"));
    if (places > 0) writeFileSync(join(chunks, name), chunk);
    all += places;
  }
  if (all !== 1) throw new Error(`${all} places in ${chunks} start a worker, not 1: Turbopack writes them differently`);
  const [lost, page] = [join(import.meta.dirname, "404.html"), join(directory, "index.html")];
  const written = withHeadScript(withTexts(readFileSync(lost, "utf8"), readTexts()), readFileSync(page, "utf8"));
  writeFileSync(join(directory, "404.html"), written);
}

if (process.argv[1] === import.meta.filename) makeAnyPath(process.argv[2]);
