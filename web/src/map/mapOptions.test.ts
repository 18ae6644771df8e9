import { expect, test } from "vitest";
import { FIRST_OPTIONS, type MapOptions, optionsFromQuery, parametersOfOptions } from "./mapOptions";

const queryOf = (options: MapOptions) =>
  new URLSearchParams(
    Object.entries(parametersOfOptions(options)).filter((entry): entry is [string, string] => entry[1] !== null),
  ).toString();

test("nothing stands in the address of a map that is as always", () => expect(queryOf(FIRST_OPTIONS)).toBe(""));

test("every choice comes back as it was written", () => {
  for (const name of Object.keys(FIRST_OPTIONS) as (keyof MapOptions)[]) {
    const options = { ...FIRST_OPTIONS, [name]: !FIRST_OPTIONS[name] };
    expect(optionsFromQuery(queryOf(options))).toEqual(options);
  }
});

test("values that make no sense are ignored", () => {
  expect(optionsFromQuery("?labels=maybe&trails=&follow=1&estimates=off")).toEqual({
    ...FIRST_OPTIONS,
    estimates: false,
  });
});
