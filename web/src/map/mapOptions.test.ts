import { expect, test } from "vitest";
import { FIRST_OPTIONS, type MapOptions, optionsFromQuery, parametersOfOptions } from "./mapOptions";

const queryOf = (options: MapOptions) =>
  new URLSearchParams(
    Object.entries(parametersOfOptions(options)).filter((entry): entry is [string, string] => entry[1] !== null),
  ).toString();

test("the defaults are not in the address", () => expect(queryOf(FIRST_OPTIONS)).toBe(""));

test("every option survives writing and reading", () => {
  const others = {
    colourBy: "age",
    baseMap: "Satellite & roads",
    fadedPercent: 40,
    hiddenOverlays: ["Airspaces", "Weather"],
  };
  for (const name of Object.keys(FIRST_OPTIONS) as (keyof MapOptions)[]) {
    const changed = name in others ? others[name as keyof typeof others] : !FIRST_OPTIONS[name];
    const options = { ...FIRST_OPTIONS, [name]: changed };
    expect(optionsFromQuery(queryOf(options))).toEqual(options);
  }
});

test("invalid values are ignored", () => {
  expect(optionsFromQuery("?labels=maybe&trails=&follow=1&estimates=off&fade=most&base=&colours=pink")).toEqual({
    ...FIRST_OPTIONS,
    estimates: false,
  });
});
