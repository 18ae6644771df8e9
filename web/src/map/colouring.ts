// Colours of aircraft by something else than altitude: speed, climb, age of the position, source of the position, category.
// Loaded when one is chosen. Each aircraft gets the number of a class, which FlightLayer puts beside its visibility, so both
// renderers need no further data; the legend reads the same scales. Pure.
import { ADDRESS_TYPES, type AddressType, CATEGORIES, type Category, KIND_COUNT } from "@flighttracker/client";
import type { FlightRows } from "@/flights/flightRows";
import { INSTANCE, INSTANCE_FLOATS } from "@/flights/instance";
import type { ColourBy } from "./mapOptions";
import { PALETTES, type Palette, rgb, type Theme } from "./palette";

/** Class 0 stands for the colour by altitude; five bits are left for the others. */
export const MOST_CLASSES = 32;
const UNKNOWN_CLASS = 1;
const FIRST_STEP = 2;
const STEPS = MOST_CLASSES - FIRST_STEP;

/** A quantity from its first to its last stop, coloured as altitudes are. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  /** Highest first: fresh positions have the colour of high altitudes. */
  readonly isReversed: boolean;
  readonly ticks: readonly number[];
}

export const SCALES = {
  /** kt */
  speed: { from: 0, to: 600, isReversed: false, ticks: [0, 150, 300, 450, 600] },
  /** ft/min */
  climb: { from: -3_000, to: 3_000, isReversed: false, ticks: [-3_000, -1_500, 0, 1_500, 3_000] },
  /** Seconds since the aircraft was heard. */
  age: { from: 0, to: 60, isReversed: true, ticks: [0, 15, 30, 45, 60] },
} as const satisfies Partial<Record<ColourBy, Scale>>;

/** Groups of one colour each, in the order of the colours. The last group is for all others. */
export const SOURCE_GROUPS: readonly (readonly AddressType[])[] = [
  ["adsb_icao", "adsb_icao_nt", "adsb_other"],
  ["mlat"],
  ["tisb_icao", "tisb_other", "tisb_trackfile"],
  ["adsr_icao", "adsr_other"],
  ["mode_s"],
  ["adsc"],
  ["flarm"],
  ["simulated"],
  ["radar", "non_icao", "other"],
];
export const CATEGORY_GROUPS: readonly (readonly Category[])[] = [
  ["large", "high_vortex"],
  ["heavy"],
  ["light", "small"],
  ["rotorcraft"],
  ["high_performance", "space"],
  ["glider", "ultralight"],
  ["lighter_than_air", "parachutist"],
  ["drone"],
  ["emergency_vehicle", "service_vehicle", "obstacle"],
];

/** Distinct for any common form of colour blindness by their lightness, and readable on land and sea. */
const GROUP_COLOURS: Readonly<Record<Theme, readonly string[]>> = {
  dark: ["#62b0ff", "#ffb547", "#7ee08a", "#ff8fb1", "#c7a6ff", "#ffe66b", "#6fe3e3", "#d9a77a", "#9fb0c0"],
  light: ["#1d6fb8", "#b45f06", "#2a7d3c", "#b0336e", "#6a43b5", "#7d6900", "#0b7a86", "#7a4f2a", "#59636e"],
};

export interface Colouring {
  readonly by: ColourBy;
  /** The class of a row, from 1 to 31. */
  classOf(rows: FlightRows, row: number, timeS: number): number;
  /** The colours of the classes, as `#rrggbb`, by their number. */
  readonly colours: Readonly<Record<Theme, readonly string[]>>;
}

/** Null by altitude: the renderers do that themselves, with every shade between the stops. */
export function colouringBy(by: ColourBy): Colouring | null {
  switch (by) {
    case "altitude":
      return null;
    case "source":
      return groups(by, SOURCE_GROUPS, ADDRESS_TYPES, 1);
    case "category":
      return groups(by, CATEGORY_GROUPS, CATEGORIES, 0);
    case "speed":
      return scaled(by, (rows, row) => rows.groundSpeedKt(row));
    case "climb":
      return scaled(by, (rows, row) => rows.verticalRateFpm(row));
    case "age":
      return scaled(by, (rows, row, timeS) =>
        Math.max(0, timeS - (rows.instances[row * INSTANCE_FLOATS + INSTANCE.heardTime] as number)),
      );
  }
}

export function groupColour(theme: Theme, group: number): string {
  return GROUP_COLOURS[theme][group] as string;
}

/** The colour at a share of a scale, from 0 to 1. */
export function scaleColour({ altitude }: Palette, { isReversed }: Scale, share: number): string {
  const at = Math.max(0, Math.min(1, isReversed ? 1 - share : share)) * (altitude.length - 1);
  const low = Math.min(altitude.length - 2, Math.floor(at));
  const from = rgb(altitude[low] as string);
  const to = rgb(altitude[low + 1] as string);
  const mixed = from.map((part, i) => Math.round(255 * (part + ((to[i] as number) - part) * (at - low))));
  return `#${mixed.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function scaled(
  by: keyof typeof SCALES,
  read: (rows: FlightRows, row: number, timeS: number) => number | null,
): Colouring {
  const scale = SCALES[by];
  const coloursOf = (theme: Theme) => {
    const palette = PALETTES[theme];
    const steps = Array.from({ length: STEPS }, (_, step) => scaleColour(palette, scale, step / (STEPS - 1)));
    return [palette.unknown, palette.unknown, ...steps];
  };
  return {
    by,
    colours: { dark: coloursOf("dark"), light: coloursOf("light") },
    classOf: (rows, row, timeS) => {
      const value = read(rows, row, timeS);
      if (value === null) return UNKNOWN_CLASS;
      const share = Math.max(0, Math.min(1, (value - scale.from) / (scale.to - scale.from)));
      return FIRST_STEP + Math.round(share * (STEPS - 1));
    },
  };
}

function groups<K extends string>(
  by: ColourBy,
  grouped: readonly (readonly K[])[],
  kinds: readonly K[],
  column: number,
): Colouring {
  const classes = Uint8Array.from(kinds, (kind) => {
    const group = grouped.findIndex((members) => members.includes(kind));
    return group < 0 ? UNKNOWN_CLASS : FIRST_STEP + group;
  });
  const coloursOf = (theme: Theme) => {
    const { unknown } = PALETTES[theme];
    return [unknown, unknown, ...GROUP_COLOURS[theme]];
  };
  return {
    by,
    colours: { dark: coloursOf("dark"), light: coloursOf("light") },
    classOf: (rows, row) => classes[rows.kinds[row * KIND_COUNT + column] as number] ?? UNKNOWN_CLASS,
  };
}
