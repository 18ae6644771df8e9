import { describe, expect, test } from "vitest";
import { FIRST_PREFERENCES, languageOf, preferenceTexts, readPreferences, themeOf } from "./preferences";

const nothing = () => null;

describe("preferences", () => {
  test("the address counts more than what the browser kept", () => {
    const kept = (name: string) => ({ theme: "dark", units: "metric", lang: "fr" })[name] ?? null;
    expect(readPreferences("?theme=light", kept)).toEqual({
      theme: "light",
      units: "metric",
      language: "fr",
      hasShortcuts: true,
      hasClock: false,
    });
  });
  test("units can be mixed", () => {
    expect(readPreferences("?units=ft-kmh-ms-km", nothing).units).toBe("ft-kmh-ms-km");
    expect(readPreferences("?units=ft-kmh", () => "metric").units).toBe("metric");
  });
  test("nonsense in the address or the storage is ignored", () => {
    expect(readPreferences("?theme=pink&units=furlongs&lang=xx", () => "nonsense")).toEqual(FIRST_PREFERENCES);
  });
  test("what is kept comes back", () => {
    const wanted = { theme: "light", units: "imperial", language: "de", hasShortcuts: false, hasClock: true } as const;
    const kept = preferenceTexts(wanted);
    expect(readPreferences("", (name) => kept[name] ?? null)).toEqual(wanted);
  });
  test("what is as always takes no place", () => {
    expect(Object.values(preferenceTexts(FIRST_PREFERENCES))).toEqual(new Array(5).fill(null));
  });
  test("system and browser decide where nobody chose", () => {
    expect(themeOf("system", true)).toBe("light");
    expect(themeOf("system", false)).toBe("dark");
    expect(themeOf("dark", true)).toBe("dark");
    expect(languageOf(readPreferences("", nothing), ["fr-CA", "en"])).toBe("fr");
  });
});
