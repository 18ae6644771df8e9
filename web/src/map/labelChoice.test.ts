import { describe, expect, test } from "vitest";
import { type Box, boxBeside, type Candidate, chooseLabels, freeSide, NOWHERE, SIDES } from "./labelChoice";

const size = { width: 80, height: 20 };
const at = (row: number, x: number, y: number, weight = 0): Candidate => ({ row, x, y, weight });
const rowsOf = (candidates: readonly Candidate[], kept: number[] = [], most = 100) =>
  chooseLabels(candidates, new Set(kept), size, most).map(({ row }) => row);

describe("labels", () => {
  test("never overlap", () => {
    const many = Array.from({ length: 3_000 }, (_, row) => at(row, (row * 7_919) % 1_400, (row * 104_729) % 900));
    const chosen = chooseLabels(many, new Set(), size, 1_000);
    expect(chosen.length).toBeGreaterThan(100);
    const isCovered = (a: Candidate, b: Candidate) =>
      a !== b && Math.abs(a.x - b.x) < size.width && Math.abs(a.y - b.y) < size.height;
    expect(chosen.filter((a) => chosen.some((b) => isCovered(a, b)))).toEqual([]);
  });
  test("go to the important ones first", () => expect(rowsOf([at(1, 0, 0), at(2, 10, 5, 3)])).toEqual([2]));
  test("stay at their aircraft", () => {
    expect(rowsOf([at(1, 0, 0), at(2, 10, 5)])).toEqual([1]);
    expect(rowsOf([at(1, 0, 0), at(2, 10, 5)], [2])).toEqual([2]);
    expect(rowsOf([at(1, 0, 0, 1), at(2, 10, 5)], [2])).toEqual([1]);
  });
  test("are at most the maximum", () =>
    expect(rowsOf([at(1, 0, 0), at(2, 200, 0), at(3, 400, 0)], [], 2).length).toBe(2));
});

test("a label stands on the first side where it covers no other text", () => {
  const text = { width: 60, height: 12 };
  const sideWith = (others: readonly Box[]) =>
    freeSide(SIDES, (side) => boxBeside(side, { x: 100, y: 100 }, text, 10), others);
  const city = (left: number, top: number): Box => ({ left, top, right: left + 40, bottom: top + 12 });
  expect(boxBeside("left", { x: 100, y: 100 }, text, 10)).toEqual({ left: 30, top: 94, right: 90, bottom: 106 });
  expect(sideWith([])).toBe("right");
  expect(sideWith([NOWHERE, city(400, 400)])).toBe("right");
  expect(sideWith([city(120, 95)])).toBe("left");
  expect(sideWith([city(120, 95), city(20, 90)])).toBe("below");
  expect(sideWith([city(120, 95), city(20, 90), city(80, 115)])).toBe("above");
  expect(sideWith([city(120, 95), city(20, 90), city(80, 115), city(80, 80)])).toBe("right");
});
