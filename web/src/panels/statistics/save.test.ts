import { expect, test } from "vitest";
import { csvOf, fileName } from "./save";

test("cells with commas and quotes stay one cell", () => {
  expect(csvOf(["a", "b"], [["x,y", 'say "hi"']])).toBe('\uFEFFa,b\r\n"x,y","say ""hi"""\r\n');
});

test("a text that a spreadsheet would run stays a text, a negative number a number", () => {
  expect(csvOf(["a"], [["=HYPERLINK(1)"], ["@x"], ["+1"]])).toBe("\uFEFFa\r\n'=HYPERLINK(1)\r\n'@x\r\n'+1\r\n");
  expect(csvOf(["a"], [[-5], [null]])).toBe("\uFEFFa\r\n-5\r\n\r\n");
});

test("a file's name holds nothing that a file system refuses", () => {
  expect(fileName("Höhe / Speed: “x”", 0)).toBe("flights-höhe-speed-x-1970-01-01T000000");
});
