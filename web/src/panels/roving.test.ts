import { describe, expect, it } from "vitest";
import { choiceAfter } from "./roving";

const box = (left: number, top: number, width = 40, height = 20) => ({ left, top, width, height });

describe("a list with one choice in each row", () => {
  const list = [0, 1, 2].map((i) => box(10, 36 * i));

  it("goes up and down by arrows, and keeps its ends", () => {
    expect(choiceAfter("ArrowDown", 0, list)).toBe(1);
    expect(choiceAfter("ArrowUp", 2, list)).toBe(1);
    expect(choiceAfter("ArrowUp", 0, list)).toBeNull();
    expect(choiceAfter("ArrowDown", 2, list)).toBeNull();
  });

  it("goes to its ends by Home and End", () => {
    expect(choiceAfter("Home", 2, list)).toBe(0);
    expect(choiceAfter("End", 0, list)).toBe(2);
  });

  it("leaves other keys to the page", () => {
    for (const key of ["ArrowLeft", "ArrowRight", " ", "Enter", "Tab", "a"]) {
      expect(choiceAfter(key, 1, list)).toBeNull();
    }
  });
});

describe("choices in rows", () => {
  // 0 1 2
  // 3 4
  const rows = [box(0, 0), box(50, 0, 100), box(160, 0), box(0, 30, 60), box(70, 30, 60)];

  it("go from one to the next by left and right, over the end of a row", () => {
    expect(choiceAfter("ArrowRight", 0, rows)).toBe(1);
    expect(choiceAfter("ArrowRight", 2, rows)).toBe(3);
    expect(choiceAfter("ArrowLeft", 3, rows)).toBe(2);
    expect(choiceAfter("ArrowLeft", 0, rows)).toBe(0);
    expect(choiceAfter("ArrowRight", 4, rows)).toBe(4);
  });

  it("go to the nearest of the other row by up and down", () => {
    expect(choiceAfter("ArrowDown", 1, rows)).toBe(4);
    expect(choiceAfter("ArrowDown", 2, rows)).toBe(4);
    expect(choiceAfter("ArrowUp", 3, rows)).toBe(0);
    expect(choiceAfter("ArrowUp", 4, rows)).toBe(1);
    expect(choiceAfter("ArrowDown", 3, rows)).toBeNull();
  });

  it("are one row when their heights differ around the same middle", () => {
    const menu = [box(8, 8, 16, 16), box(200, 2, 28, 28), box(8, 40, 16, 16)];
    expect(choiceAfter("ArrowRight", 0, menu)).toBe(1);
    expect(choiceAfter("ArrowDown", 1, menu)).toBe(2);
  });
});

it("a list of one choice stays on it", () => {
  expect(choiceAfter("End", 0, [box(0, 0)])).toBe(0);
  expect(choiceAfter("ArrowDown", 0, [box(0, 0)])).toBeNull();
});
