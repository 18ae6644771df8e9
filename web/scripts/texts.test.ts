// Messages become TypeScript.
import { expect, test } from "vitest";
import { argumentsOf, moduleOf } from "./texts.mjs";

const compiled = (english: string, translated = english) =>
  moduleOf("de", { a: english }, { a: translated }).replace(/^[\s\S]*texts = /, "");

test("a message without arguments is a string, one with arguments a function", () => {
  expect(compiled("Map")).toBe("{\na: `Map`,\n};\n");
  expect(compiled("Show {name}", "{name} zeigen")).toBe(
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the expected code, a template of its own
    "{\na: ({ name }: { readonly name: string }) => `${name} zeigen`,\n};\n",
  );
});

test("signs of TypeScript in a message remain signs", () => {
  const text = "`$'{'x'}' \\";
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the expected code, a template of its own
  expect(compiled(text)).toBe("{\na: `\\`\\${x} \\\\`,\n};\n");
});

test("plurals and choices are conditions", () => {
  expect(compiled("{n, plural, =0 {none} one {# bird} other {# birds}} {how, select, fast {now} other {soon}}")).toBe(
    '{\na: ({ n, how }: { readonly n: number; readonly how: "fast" | "other" }) => ' +
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the expected code, a template of its own
      '`${n === 0 ? `none` : category(n) === "one" ? `${number(n)} bird` : `${number(n)} birds`} ' +
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the expected code, a template of its own
      '${how === "fast" ? `now` : `soon`}`,\n};\n',
  );
});

test("a message that a language lacks is in English", () => {
  expect(moduleOf("de", { a: "Map", b: { c: "Close" } }, { b: {} })).toBe(
    "export const texts = {\na: `Map`,\nb: {\nc: `Close`,\n},\n};\n",
  );
});

test("errors name the file and the message", () => {
  expect(() => compiled("{n")).toThrow(/^de\.json: a: EXPECT_ARGUMENT_CLOSING_BRACE/);
  expect(() => compiled("{n, plural, one {a}}")).toThrow(/^de\.json: a: MISSING_OTHER_CLAUSE/);
  expect(() => compiled("Show {name}", "{nmae} zeigen")).toThrow("de.json: a: English has no {nmae}");
  expect(() => compiled("{at, date}")).toThrow("de.json: a: {at, …} is of a kind that the page does not use");
});

test("arguments have types", () => {
  const message = "{a} {b, number} {c, plural, one {{d}} other {{e, select, x {1} other {2}}}}";
  expect([...argumentsOf(message)]).toEqual([
    ["a", "string"],
    ["b", "number"],
    ["c", "number"],
    ["d", "string"],
    ["e", '"other" | "x"'],
  ]);
});
