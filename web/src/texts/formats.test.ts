import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Formats, UNITS, unitNames, unitsWith } from "./formats";
import { LANGUAGES, languageFor } from "./language";

describe("formats", () => {
  test("aviation writes feet, knots and flight levels", () => {
    const formats = new Formats("aviation", "en", "–");
    expect(formats.altitude(35_000)).toBe("35,000\u00a0ft");
    expect(formats.flightLevel(35_000)).toBe("FL350");
    expect(formats.flightLevel(17_000)).toBe("");
    expect(formats.speed(450)).toBe("450\u00a0kt");
    expect(formats.verticalRate(-640)).toBe("−640\u00a0ft/min");
    expect(formats.altitude(-175)).toBe("−175\u00a0ft");
    expect(formats.verticalRate(640)).toBe("+640\u00a0ft/min");
  });
  test("metric writes metres and km/h, in the digits of the language", () => {
    const formats = new Formats("metric", "de", "–");
    expect(formats.altitude(35_000)).toBe("10.668\u00a0m");
    expect(formats.speed(450)).toBe("833\u00a0km/h");
    expect(formats.verticalRate(-640)).toBe("−3,3\u00a0m/s");
    expect(formats.flightLevel(35_000)).toBe("");
  });
  test("each quantity can have its own unit", () => {
    const formats = new Formats("ft-kmh-ms-km", "en", "–");
    expect(formats.altitude(35_000)).toBe("35,000\u00a0ft");
    expect(formats.flightLevel(35_000)).toBe("FL350");
    expect(formats.speed(450)).toBe("833\u00a0km/h");
    expect(formats.verticalRate(-640)).toBe("−3.3\u00a0m/s");
    expect(formats.distance(185_200)).toBe("185\u00a0km");
    expect(formats.distance(1_852)).toBe("1.9\u00a0km");
    expect(unitsWith({ altitude: "m", speed: "kmh", verticalRate: "ms", distance: "km" })).toBe("metric");
    expect(unitsWith({ altitude: "ft", speed: "kmh", verticalRate: "ms", distance: "km" })).toBe("ft-kmh-ms-km");
    for (const bad of ["", "ft", "ft-kmh-ms", "ft-kmh-ms-km-km", "ft-toString-ms-km"])
      expect(unitNames(bad)).toBeNull();
  });
  test("a number typed in a unit comes back as that number", () => {
    for (const units of ["aviation", "metric", "imperial"] as const) {
      const formats = new Formats(units, "en", "–");
      for (let number = 0; number <= 3_000; number += 10) {
        expect(formats.speedNumber(formats.speedKt(number))).toBe(number);
        expect(formats.altitudeNumber(formats.altitudeFt(number))).toBe(number);
      }
    }
  });
  test("what is unknown is a dash in every unit", () => {
    const formats = new Formats("imperial", "en", "–");
    expect([formats.altitude(null), formats.speed(null), formats.verticalRate(null), formats.track(null)]).toEqual(
      new Array(4).fill("–"),
    );
  });
});

describe("a number and its unit stay on one line", () => {
  const sources = readdirSync(new URL("..", import.meta.url), { recursive: true, encoding: "utf8" });

  test.each(LANGUAGES)("in what is formatted: %s", (language) => {
    for (const units of UNITS) {
      const formats = new Formats(units, language, "–");
      const texts = [
        ...[-175, 3, 35_000].flatMap((number) => [
          formats.altitude(number),
          formats.speed(number),
          formats.verticalRate(number),
          formats.distance(number),
          formats.latitude(number),
          formats.longitude(number),
        ]),
        ...[12, 34_000, 5_600_000].map((bytes) => formats.bytesPerSecond(bytes)),
        ...[30_000, 600_000, 9_000_000].flatMap((ms) => [formats.age(ms), formats.duration(ms)]),
      ];
      expect(texts.filter((text) => !text.includes("\u00a0") || text.includes(" "))).toEqual([]);
    }
  });
  test("no part of the page joins them with another space", () => {
    const joined = /\} (\$\{[\w.]*[uU]nit\b|(ms|s|min|h|m|km|NM|ft|kt|k?B|MB)(\/s|\/h|\/min)?[`"])/;
    const paths = sources.filter((path) => /\.tsx?$/.test(path) && !/compiled|\.test\./.test(path));
    expect(paths.length).toBeGreaterThan(200);
    const found = paths.filter((path) => joined.test(readFileSync(new URL(`../${path}`, import.meta.url), "utf8")));
    expect(found).toEqual([]);
  });
});

describe("languages", () => {
  test("the first language of the browser that the page speaks wins", () => {
    expect(languageFor(["pt-BR", "de-AT", "en"])).toBe("de");
    expect(languageFor(["ja"])).toBe("en");
    expect(languageFor([])).toBe("en");
  });
});
