import { describe, expect, test } from "vitest";
import { Formats, unitNames, unitsWith } from "./formats";
import { languageFor } from "./language";

describe("formats", () => {
  test("aviation writes feet, knots and flight levels", () => {
    const formats = new Formats("aviation", "en", "–");
    expect(formats.altitude(35_000)).toBe("35,000 ft");
    expect(formats.flightLevel(35_000)).toBe("FL350");
    expect(formats.flightLevel(17_000)).toBe("");
    expect(formats.speed(450)).toBe("450 kt");
    expect(formats.verticalRate(-640)).toBe("−640 ft/min");
    expect(formats.altitude(-175)).toBe("−175 ft");
    expect(formats.verticalRate(640)).toBe("+640 ft/min");
  });
  test("metric writes metres and km/h, in the digits of the language", () => {
    const formats = new Formats("metric", "de", "–");
    expect(formats.altitude(35_000)).toBe("10.668 m");
    expect(formats.speed(450)).toBe("833 km/h");
    expect(formats.verticalRate(-640)).toBe("−3,3 m/s");
    expect(formats.flightLevel(35_000)).toBe("");
  });
  test("each quantity can have its own unit", () => {
    const formats = new Formats("ft-kmh-ms-km", "en", "–");
    expect(formats.altitude(35_000)).toBe("35,000 ft");
    expect(formats.flightLevel(35_000)).toBe("FL350");
    expect(formats.speed(450)).toBe("833 km/h");
    expect(formats.verticalRate(-640)).toBe("−3.3 m/s");
    expect(formats.distance(185_200)).toBe("185 km");
    expect(formats.distance(1_852)).toBe("1.9 km");
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

describe("languages", () => {
  test("the first language of the browser that the page speaks wins", () => {
    expect(languageFor(["pt-BR", "de-AT", "en"])).toBe("de");
    expect(languageFor(["ja"])).toBe("en");
    expect(languageFor([])).toBe("en");
  });
});
