// Every language has every message of English, with the same arguments and the plurals of its grammar.
import type { MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import { describe, expect, test } from "vitest";
import { argumentsOf, elementsOf, flat, readTexts } from "../../scripts/texts.mjs";
import { LANGUAGES, loadTexts } from "./language";
import { loadLaterTexts } from "./later";

/** The messages of each language by path: "header.search". */
const MESSAGES = Object.fromEntries(
  Object.entries(readTexts()).map(([tag, texts]) => [tag, new Map(messagesIn(texts))]),
);
const ENGLISH = MESSAGES.en as ReadonlyMap<string, string>;
const messagesOf = (tag: string) => [...(MESSAGES[tag] ?? [])];

/** Abbreviations and units, which are the same in every language. */
const NAMES = [/^[A-Z]{2,5}(-[A-Z])?$/, /^Mode S$/, /^[a-z/]+(, [a-z/]+)+$/];
/** Words that a language shares with English. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  de: [
    "Browser",
    "Enter",
    "Esc",
    "Filter",
    "Gateway: {detail}",
    "Imperial",
    "Live",
    "Live.",
    "Name",
    "Position",
    "Radar",
    "Squawk",
    "Status",
    "System",
    "Version {version}",
    "in {time}",
  ],
  es: ["API: /api/v1/flights · /schema", "Esc", "Panel", "Radar", "Squawk"],
  fr: [
    "Altitude",
    "Altitude, {unit}",
    "Aviation",
    "Distance",
    "Drone",
    "Graticule",
    "Latitude",
    "Longitude",
    "Messages/s",
    "Moment",
    "Obstacle",
    "Pause",
    "Position",
    "Positions/s",
    "Radar",
    "Source",
    "Squawk",
    "Surface",
    "Type",
    "Types",
    "Version {version}",
  ],
};

describe.each(LANGUAGES)("%s", (tag) => {
  test("has every message, and none that English lacks", () => {
    const keys = messagesOf(tag).map(([key]) => key);
    expect(keys.filter((key) => !ENGLISH.has(key))).toEqual([]);
    expect([...ENGLISH.keys()].filter((key) => !keys.includes(key))).toEqual([]);
  });
  test("has them in the order of English, without empty ones", () => {
    expect(messagesOf(tag).map(([key]) => key)).toEqual([...ENGLISH.keys()]);
    expect(messagesOf(tag).filter(([, message]) => message.trim() !== message || message === "")).toEqual([]);
  });
  test("has valid messages with the arguments of English", () => {
    const typesOf = (message: string) => Object.fromEntries(argumentsOf(message));
    for (const [key, message] of messagesOf(tag)) {
      expect(typesOf(message), `${tag}: ${key}`).toEqual(typesOf(ENGLISH.get(key) ?? ""));
    }
  });
  test("has each plural of its grammar (CLDR)", () => {
    const wanted = new Intl.PluralRules(tag).resolvedOptions().pluralCategories.toSorted();
    for (const [key, message] of messagesOf(tag)) {
      for (const categories of pluralsIn(elementsOf(message))) {
        expect(categories.filter((category) => !category.startsWith("=")).sort(), `${tag}: ${key}`).toEqual(wanted);
      }
    }
  });
  test("has typographic apostrophes: ' quotes braces in ICU MessageFormat", () => {
    expect(messagesOf(tag).filter(([, message]) => /\w'\w/.test(message))).toEqual([]);
  });
  test("keeps a number and its unit, and the digits of a number, on one line", () => {
    const units = "(ms|min|s|h|m|km|NM|mi|ft|kt|k?B|[MG]B|Mo|%|minut\\w*|hours?|stunden?|horas?|heures?)";
    const broken = new RegExp(`[\\d}] ${units}(?![\\p{L}’])|\\d \\d`, "iu");
    expect(messagesOf(tag).filter(([, message]) => broken.test(message))).toEqual([]);
  });
  test("is what the page shows", async () => {
    const shown = new Set(
      messagesIn({ ...(await loadTexts(tag)), ...(await loadLaterTexts(tag)) }).map(([key]) => key),
    );
    const elsewhere = ["languageName", "lost.title", "lost.text", "lost.link"];
    expect([...ENGLISH.keys()].filter((key) => !shown.has(key))).toEqual(elsewhere);
  });
});

describe.each(LANGUAGES.slice(1))("%s", (tag) => {
  test("has no message that is still English", () => {
    const alike = messagesOf(tag).filter(
      ([key, message]) => ENGLISH.get(key) === message && /\p{L}/u.test(words(message)),
    );
    const untranslated = alike
      .map(([, message]) => message)
      .filter((message) => !NAMES.some((name) => name.test(message)));
    expect([...new Set(untranslated)].sort()).toEqual([...(SHARED[tag] ?? [])].sort());
  });
});

describe("plurals", () => {
  test.each([
    ["en", 1, "1 aircraft", "1 of 7,000 aircraft"],
    ["de", 1, "1 Flugzeug", "1 von 7.000 Flugzeugen"],
    ["de", 2, "2 Flugzeuge", "2 von 7.000 Flugzeugen"],
    ["es", 1, "1 aeronave", "1 de 7000 aeronaves"],
    ["es", 1_000_000, "1.000.000 de aeronaves", "1.000.000 de 7000 aeronaves"],
    ["fr", 0, "0 avion", "0 sur 7\u202f000 avions"],
    ["fr", 2, "2 avions", "2 sur 7\u202f000 avions"],
    ["fr", 1_000_000, "1\u202f000\u202f000 d’avions", "1\u202f000\u202f000 sur 7\u202f000 avions"],
  ] as const)("%s: %d", async (tag, count, aircraft, aircraftOf) => {
    const texts = await loadTexts(tag);
    expect(texts.aircraft({ count })).toBe(aircraft);
    expect(texts.aircraftOf({ shown: count, total: 7_000 })).toBe(aircraftOf);
  });
});

/** Functions are messages with arguments, whose text is unknown. */
function messagesIn(texts: object, path = ""): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]): [string, string][] =>
    typeof value === "object" ? messagesIn(value, `${path}${key}.`) : [[`${path}${key}`, String(value)]],
  );
}

function pluralsIn(elements: MessageFormatElement[]): string[][] {
  return flat(elements).flatMap((element) => ("pluralType" in element ? [Object.keys(element.options)] : []));
}

/** A message without its arguments. */
function words(message: string): string {
  return message.replaceAll(/\{[^{}]*\}/g, "");
}
