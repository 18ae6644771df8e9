import { describe, expect, test } from "vitest";
import { type PageView, parametersOf, viewFromQuery, withParameters } from "./pageUrl";

const VIEW: PageView = {
  mode: "table",
  tab: "alerts",
  airport: "EGLL",
  selected: 0x00a1b2,
  sort: { column: "altitude", direction: "descending" },
};

describe("the view in the address", () => {
  test("comes back as it was written", () => {
    expect(viewFromQuery(withParameters("", parametersOf(VIEW)))).toEqual(VIEW);
  });
  test("vanishes where it is as always", () => {
    const plain = viewFromQuery("");
    expect(withParameters(withParameters("?q=DLH", parametersOf(VIEW)), parametersOf(plain))).toBe("?q=DLH");
  });
  test("that makes no sense is ignored", () => {
    expect(viewFromQuery("?view=globe&tab=airport&board=x&flight=zzz&sort=-colour")).toEqual(viewFromQuery(""));
  });
});
