import { expect, test } from "vitest";
import { FIRST_OPTIONS, type MapOptions, optionsFromQuery, parametersOfOptions } from "./mapOptions";

const queryOf = (options: MapOptions) =>
  new URLSearchParams(
    Object.entries(parametersOfOptions(options)).filter((entry): entry is [string, string] => entry[1] !== null),
  ).toString();

test("the defaults are not in the address", () => expect(queryOf(FIRST_OPTIONS)).toBe(""));

test("every option survives writing and reading", () => {
  for (const name of Object.keys(FIRST_OPTIONS) as (keyof MapOptions)[]) {
    const options = { ...FIRST_OPTIONS, [name]: !FIRST_OPTIONS[name] };
    expect(optionsFromQuery(queryOf(options))).toEqual(options);
  }
});

test("invalid values are ignored", () => {
  expect(optionsFromQuery("?labels=maybe&trails=&follow=1&estimates=off")).toEqual({
    ...FIRST_OPTIONS,
    estimates: false,
  });
});
