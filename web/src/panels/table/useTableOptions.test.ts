import { expect, test } from "vitest";
import { FIRST_OPTIONS, optionsFrom, optionTexts, type TableOptions } from "./useTableOptions";

const read = (texts: Readonly<Record<string, string | null>>) => optionsFrom((name) => texts[name] ?? null);

test("options survive the way through the address, and defaults are not in it", () => {
  const options: TableOptions = { isInViewOnly: true, isAirborneFirst: false, grouping: "type" };
  expect(read(optionTexts(options))).toEqual(options);
  expect(optionTexts(FIRST_OPTIONS)).toEqual({ list: null, ground: null, group: null });
  expect(read({})).toEqual(FIRST_OPTIONS);
  expect(read({ list: "all", ground: "last", group: "engine" })).toEqual(FIRST_OPTIONS);
});
