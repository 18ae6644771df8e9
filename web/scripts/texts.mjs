// Compiles the page's texts. Translators edit src/texts/LANGUAGE.json: messages in ICU MessageFormat, by key. The page imports
// what this writes to src/texts/compiled: strings, and functions for messages with arguments, so it loads no parser. Functions
// have types, so a missing text or argument is an error of TypeScript. Next.js, Vitest and `npm run lint` call this.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, TYPE } from "@formatjs/icu-messageformat-parser";

/** @typedef {{ [key: string]: string | Texts }} Texts messages and groups of them, by key */
/** @typedef {import("@formatjs/icu-messageformat-parser").MessageFormatElement} Element */

const TEXTS = join(import.meta.dirname, "../src/texts");
const COMPILED = join(TEXTS, "compiled");

/** What the first picture needs, besides messages outside groups. Other groups load with the parts of the page that follow. */
const FIRST_GROUPS = [
  "statuses",
  "categories",
  "addressTypes",
  "header",
  "panel",
  "connection",
  "notices",
  "map",
  "legend",
  "sources",
];

/**
 * Returns the texts of all languages by tag, English first.
 *
 * @returns {{ [tag: string]: Texts }}
 */
export function readTexts() {
  const tags = readdirSync(TEXTS).flatMap((name) => /^([a-z]{2})\.json$/.exec(name)?.[1] ?? []);
  const sorted = ["en", ...tags.filter((tag) => tag !== "en").sort()];
  return Object.fromEntries(sorted.map((tag) => [tag, JSON.parse(readFileSync(join(TEXTS, `${tag}.json`), "utf8"))]));
}

/**
 * Parses a message. Throws if it is invalid, or has dates or styles of numbers, which class Formats writes.
 *
 * @param {string} message
 * @returns {Element[]}
 */
export function elementsOf(message) {
  const elements = parse(message, { ignoreTag: true, captureLocation: false });
  for (const element of flat(elements)) {
    const isOther =
      element.type === TYPE.date ||
      element.type === TYPE.time ||
      (element.type === TYPE.number && Boolean(element.style)) ||
      (element.type === TYPE.plural && (element.pluralType === "ordinal" || element.offset !== 0));
    if (isOther) throw new Error(`{${element.value}, …} is of a kind that the page does not use`);
  }
  return elements;
}

/**
 * Returns the arguments of a message with their types in TypeScript: string for `{name}`, number for `{count, number}` and plurals,
 * and the words of a `select`.
 *
 * @param {string} message
 * @returns {Map<string, string>}
 */
export function argumentsOf(message) {
  const found = new Map();
  for (const element of flat(elementsOf(message))) {
    if (element.type === TYPE.argument) found.set(element.value, "string");
    if (element.type === TYPE.number || element.type === TYPE.plural) found.set(element.value, "number");
    if (element.type === TYPE.select) {
      const words = Object.keys(element.options).sort();
      found.set(element.value, words.map((word) => JSON.stringify(word)).join(" | "));
    }
  }
  return found;
}

/**
 * Returns the elements with those inside their plurals and choices.
 *
 * @param {Element[]} elements
 * @returns {Element[]}
 */
export function flat(elements) {
  return elements.flatMap((element) => {
    const options = "options" in element ? Object.values(element.options) : [];
    return [element, ...options.flatMap(({ value }) => flat(value))];
  });
}

/** Writes src/texts/compiled. A message that a language lacks is in English. */
export function compileTexts() {
  const languages = readTexts();
  const tags = Object.keys(languages);
  const names = Object.fromEntries(tags.map((tag) => [tag, languages[tag]?.languageName]));
  const loaders = tags.slice(1).map((tag) => `${tag}: () => import("./${tag}")`);
  const laterLoaders = tags.map((tag) => `${tag}: () => import("./${tag}.later")`);
  // The texts of an unknown path are part of its document (anyPath.mjs).
  const { languageName, lost, ...english } = languages.en ?? {};
  const isFirst = (/** @type {string} */ key) => typeof english[key] === "string" || FIRST_GROUPS.includes(key);
  const part = (/** @type {boolean} */ wanted) =>
    Object.fromEntries(Object.entries(english).filter(([key]) => isFirst(key) === wanted));
  const files = {
    "languages.ts": `export const LANGUAGE_NAMES = ${JSON.stringify(names)};\nexport const LOADERS = { ${loaders.join(", ")} };\nexport const LATER_LOADERS = { ${laterLoaders.join(", ")} };\n`,
    ...Object.fromEntries(
      Object.entries(languages).flatMap(([tag, texts]) => [
        [`${tag}.ts`, moduleOf(tag, part(true), texts)],
        [`${tag}.later.ts`, moduleOf(tag, part(false), texts)],
      ]),
    ),
  };
  mkdirSync(COMPILED, { recursive: true });
  for (const name of readdirSync(COMPILED)) if (!(name in files)) rmSync(join(COMPILED, name));
  for (const [name, content] of Object.entries(files)) {
    const path = join(COMPILED, name);
    const module = `// Written by scripts/texts.mjs.\n${content}`;
    // Next.js reads its configuration, which calls this, again while it builds.
    if (!existsSync(path) || readFileSync(path, "utf8") !== module) writeFileSync(path, module);
  }
}

/** Compiles after each change of a text. */
export function watchTexts() {
  watch(TEXTS, (_, name) => {
    if (!name?.endsWith(".json")) return;
    try {
      compileTexts();
    } catch (error) {
      console.error(`${name}: ${error instanceof Error ? error.message : error}`);
    }
  });
}

/**
 * Returns a module of TypeScript with the messages of a language, in the shape of English.
 *
 * @param {string} tag the language
 * @param {Texts} english
 * @param {Texts} translated
 */
export function moduleOf(tag, english, translated) {
  const texts = groupOf(english, translated, `${tag}.json`);
  const used = ["number", "category"].filter((name) => texts.includes(`${name}(`));
  const numbers = `import { numbersOf } from "../numbers";\n\nconst { ${used.join(", ")} } = numbersOf("${tag}");\n\n`;
  return `${used.length > 0 ? numbers : ""}export const texts = ${texts};\n`;
}

/**
 * @param {Texts} english
 * @param {string | Texts | undefined} translated
 * @param {string} path where the group is, for errors
 * @returns {string}
 */
function groupOf(english, translated, path) {
  const own = typeof translated === "object" ? translated : {};
  const entries = Object.entries(english).map(([key, value]) => {
    const at = `${path}: ${key}`;
    const other = own[key];
    if (typeof value === "object") return `${key}: ${groupOf(value, other, at)},\n`;
    return `${key}: ${messageOf(value, typeof other === "string" ? other : value, at)},\n`;
  });
  return `{\n${entries.join("")}}`;
}

/**
 * @param {string} english
 * @param {string} message
 * @param {string} path
 * @returns {string} a string, or a function of the arguments that the English message has
 */
function messageOf(english, message, path) {
  try {
    const types = argumentsOf(english);
    const unknown = [...argumentsOf(message).keys()].filter((name) => !types.has(name));
    if (unknown.length > 0) throw new Error(`English has no {${unknown.join("}, {")}}`);
    const text = templateOf(elementsOf(message), "");
    if (types.size === 0) return text;
    const fields = [...types].map(([name, type]) => `readonly ${name}: ${type}`);
    return `({ ${[...types.keys()].join(", ")} }: { ${fields.join("; ")} }) => ${text}`;
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * @param {Element[]} elements
 * @param {string} counted the argument that `#` stands for
 * @returns {string} a template literal
 */
function templateOf(elements, counted) {
  const parts = elements.map((element) => {
    if (element.type === TYPE.literal) return element.value.replaceAll(/[`\\]|\$(?=\{)/g, "\\$&");
    if (element.type === TYPE.number) return `\${number(${element.value})}`;
    if (element.type === TYPE.pound) return `\${number(${counted})}`;
    if (element.type === TYPE.plural) return `\${${choiceOf(element, element.value)}}`;
    if (element.type === TYPE.select) return `\${${choiceOf(element, counted)}}`;
    return `\${${element.value}}`;
  });
  return `\`${parts.join("")}\``;
}

/**
 * @param {Extract<Element, { readonly options: object }>} element
 * @param {string} counted
 * @returns {string} a conditional expression
 */
function choiceOf({ type, value: name, options }, counted) {
  const { other, ...rest } = options;
  const cases = Object.entries(rest).map(([key, { value }]) => {
    const isExact = type === TYPE.plural && key.startsWith("=");
    const subject = type === TYPE.plural && !isExact ? `category(${name})` : name;
    const test = isExact ? Number(key.slice(1)) : JSON.stringify(key);
    return `${subject} === ${test} ? ${templateOf(value, counted)} : `;
  });
  return `${cases.join("")}${templateOf(other?.value ?? [], counted)}`;
}

if (process.argv[1] === import.meta.filename) compileTexts();
