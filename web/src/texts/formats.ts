// Numbers as people read them: units (aviation, metric, imperial, or one for each quantity) and the language's way to write
// digits. What is unknown is a dash. The data is in feet, knots and feet per minute; addresses of the page keep those units.
import type { Language } from "./language";

/** Systems of units, in the order in which the key changes them. */
export const UNITS = ["aviation", "metric", "imperial"] as const;

interface Unit {
  readonly name: string;
  /** How many of it are one foot, knot, foot per minute or metre. */
  readonly factor: number;
  readonly digits: number;
}

const FT: Unit = { name: "ft", factor: 1, digits: 0 };
/** The units of each quantity, by their names in the page's address. */
export const QUANTITIES = {
  altitude: { ft: FT, m: { name: "m", factor: 0.3048, digits: 0 } },
  speed: {
    kt: { name: "kt", factor: 1, digits: 0 },
    kmh: { name: "km/h", factor: 1.852, digits: 0 },
    mph: { name: "mph", factor: 1.150779, digits: 0 },
  },
  verticalRate: {
    fpm: { name: "ft/min", factor: 1, digits: 0 },
    ms: { name: "m/s", factor: 0.00508, digits: 1 },
  },
  distance: {
    nm: { name: "NM", factor: 1 / 1852, digits: 0 },
    km: { name: "km", factor: 1 / 1000, digits: 0 },
    mi: { name: "mi", factor: 1 / 1609.344, digits: 0 },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Unit>>>>;

export type Quantity = keyof typeof QUANTITIES;

/** A system, or the units of altitude, speed, vertical rate and distance with hyphens: `ft-kmh-ms-km`. */
export type Units = string;

const SYSTEMS: Readonly<Record<string, Units>> = {
  aviation: "ft-kt-fpm-nm",
  metric: "m-kmh-ms-km",
  imperial: "ft-mph-fpm-mi",
};

/** The names of the units of a system or a mixture, one for each quantity; null for others. */
export function unitNames(units: Units | null): Readonly<Record<Quantity, string>> | null {
  const names = (SYSTEMS[units ?? ""] ?? units ?? "").split("-");
  const quantities = Object.keys(QUANTITIES) as Quantity[];
  const isValid =
    names.length === quantities.length && quantities.every((q, i) => Object.hasOwn(QUANTITIES[q], names[i] ?? ""));
  return isValid ? (Object.fromEntries(quantities.map((q, i) => [q, names[i]])) as Record<Quantity, string>) : null;
}

/** The system that has these units, else the mixture. */
export function unitsWith(names: Readonly<Record<Quantity, string>>): Units {
  const mixed = (Object.keys(QUANTITIES) as Quantity[]).map((quantity) => names[quantity]).join("-");
  return UNITS.find((system) => SYSTEMS[system] === mixed) ?? mixed;
}

/** A number with its unit, on one line: a no-break space is between them. */
export function withUnit(number: string | number, unit: string): string {
  return `${number}\u00a0${unit}`;
}

/** Above the transition altitude, heights are flight levels: hundreds of feet. */
const TRANSITION_ALTITUDE_FT = 18_000;

export class Formats {
  private madeInteger: Intl.NumberFormat | null = null;
  private madeTenths: Intl.NumberFormat | null = null;

  private readonly unit: Readonly<Record<Quantity, Unit>>;

  constructor(
    readonly units: Units,
    readonly language: Language,
    private readonly unknown: string,
  ) {
    const names = unitNames(units) ?? (unitNames("aviation") as Record<Quantity, string>);
    const unitOf = (quantity: Quantity) => (QUANTITIES[quantity] as Record<string, Unit>)[names[quantity]] ?? FT;
    this.unit = {
      altitude: unitOf("altitude"),
      speed: unitOf("speed"),
      verticalRate: unitOf("verticalRate"),
      distance: unitOf("distance"),
    };
  }

  // Made when they are first needed: the first one of a page costs a browser tens of milliseconds before the first picture.
  private get integer(): Intl.NumberFormat {
    this.madeInteger ??= new Intl.NumberFormat(this.language, { maximumFractionDigits: 0 });
    return this.madeInteger;
  }

  private get tenths(): Intl.NumberFormat {
    this.madeTenths ??= new Intl.NumberFormat(this.language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    return this.madeTenths;
  }

  get altitudeUnit(): string {
    return this.unit.altitude.name;
  }

  get speedUnit(): string {
    return this.unit.speed.name;
  }

  count(count: number): string {
    return this.integer.format(count);
  }

  /** For the foot of a chart: thousands as k. */
  short(value: number): string {
    return Math.abs(value) < 10_000 ? this.integer.format(value) : `${this.integer.format(value / 1000)}k`;
  }

  decimal(value: number): string {
    return this.tenths.format(value);
  }

  altitude(altitudeFt: number | null): string {
    return this.measure(altitudeFt, this.unit.altitude);
  }

  speed(speedKt: number | null): string {
    return this.measure(speedKt, this.unit.speed);
  }

  /** Below ten units with tenths. */
  distance(metres: number | null): string {
    const { name, factor } = this.unit.distance;
    const digits = metres !== null && metres * factor < 9.95 ? 1 : 0;
    return this.measure(metres, { name, factor, digits });
  }

  get distanceUnit(): string {
    return this.unit.distance.name;
  }

  /** Metres of a number of units of distance. */
  metresOf(distance: number): number {
    return distance / this.unit.distance.factor;
  }

  verticalRate(rateFpm: number | null): string {
    const text = this.measure(rateFpm, this.unit.verticalRate);
    return (rateFpm ?? 0) > 0 ? `+${text}` : text;
  }

  get verticalRateUnit(): string {
    return this.unit.verticalRate.name;
  }

  /** A vertical rate as a bare number of this unit. */
  verticalRateNumber(rateFpm: number): number {
    return Math.round(rateFpm * this.unit.verticalRate.factor);
  }

  /** Empty below the transition altitude and where heights are in metres. */
  flightLevel(altitudeFt: number | null): string {
    if (this.unit.altitude !== FT || altitudeFt === null || altitudeFt < TRANSITION_ALTITUDE_FT) return "";
    return `FL${String(Math.round(altitudeFt / 100)).padStart(3, "0")}`;
  }

  /** A height or speed as a bare number of this unit, and back. */
  altitudeNumber(altitudeFt: number): number {
    return Math.round(altitudeFt * this.unit.altitude.factor);
  }

  altitudeFt(number: number): number {
    return number / this.unit.altitude.factor;
  }

  speedNumber(speedKt: number): number {
    return Math.round(speedKt * this.unit.speed.factor);
  }

  speedKt(number: number): number {
    return number / this.unit.speed.factor;
  }

  track(trackDeg: number | null): string {
    return trackDeg === null ? this.unknown : `${String(Math.round(trackDeg) % 360).padStart(3, "0")}°`;
  }

  latitude(latitudeDeg: number): string {
    return withUnit(`${Math.abs(latitudeDeg).toFixed(4)}°`, latitudeDeg < 0 ? "S" : "N");
  }

  longitude(longitudeDeg: number): string {
    return withUnit(`${Math.abs(longitudeDeg).toFixed(4)}°`, longitudeDeg < 0 ? "W" : "E");
  }

  bytesPerSecond(bytesPerSecond: number): string {
    if (bytesPerSecond < 1000) return withUnit(this.integer.format(bytesPerSecond), "B/s");
    return bytesPerSecond < 1_000_000
      ? withUnit(this.tenths.format(bytesPerSecond / 1000), "kB/s")
      : withUnit(this.tenths.format(bytesPerSecond / 1_000_000), "MB/s");
  }

  /** How long, in the largest unit that says enough. */
  age(milliseconds: number): string {
    const seconds = Math.max(0, Math.round(milliseconds / 1000));
    if (seconds < 90) return withUnit(seconds, "s");
    return seconds < 5400 ? withUnit(Math.round(seconds / 60), "min") : withUnit(Math.round(seconds / 3600), "h");
  }

  /** How long something takes: hours and minutes. */
  duration(milliseconds: number): string {
    const minutes = Math.max(0, Math.round(milliseconds / 60_000));
    if (minutes < 60) return withUnit(minutes, "min");
    const rest = withUnit(String(minutes % 60).padStart(2, "0"), "min");
    return withUnit(withUnit(Math.floor(minutes / 60), "h"), rest);
  }

  /** The time of day where the screen is, of milliseconds since 1970. */
  timeOfDay(timeMs: number): string {
    return new Date(timeMs).toTimeString().slice(0, "hh:mm:ss".length);
  }

  private measure(value: number | null, unit: Unit): string {
    if (value === null) return this.unknown;
    const format = unit.digits === 0 ? this.integer : this.tenths;
    return withUnit(format.format(value * unit.factor).replace("-", "−"), unit.name);
  }
}
