import { expect, test } from "vitest";
import { fitText } from "./fitText";

const byLetter = (text: string) => [...text].length;

test("a text that fits stays whole", () => {
  expect(fitText("United Kingdom", 14, byLetter)).toBe("United Kingdom");
});

test("a text that is too long ends in an ellipsis, with as many letters as fit and no space before it", () => {
  expect(fitText("United Arab Emirates", 12, byLetter)).toBe("United Arab…");
  expect(fitText("United Arab Emirates", 14, byLetter)).toBe("United Arab E…");
  expect(fitText("United Arab Emirates", 0, byLetter)).toBe("…");
});

test("letters outside of the basic plane are not cut in half", () => {
  expect(fitText("🛩🛩🛩🛩", 3, byLetter)).toBe("🛩🛩…");
});

test("widths of letters count, not their number", () => {
  const wideM = (text: string) => [...text].reduce((sum, letter) => sum + (letter === "M" ? 3 : 1), 0);
  expect(fitText("MMMMiiii", 9, wideM)).toBe("MM…");
  expect(fitText("iiiiMMMM", 9, wideM)).toBe("iiiiM…");
});
