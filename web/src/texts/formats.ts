// Numbers as people read them: units (aviation, metric, imperial) and the language's way to write digits. What is
// unknown is a dash. The data is in feet, knots and feet per minute; addresses of the page keep those units.
import type { Language } from "./language";

export const UNITS = ["aviation", "metric", "imperial"] as const;
export type Units = (typeof UNITS)[number];

interface Unit {
  readonly name: string;
  /** How many of it are one foot, knot or foot per minute. */
  readonly factor: number;
  readonly digits: number;
}

const ALTITUDE: Readonly<Record<Units, Unit>> = {
  aviation: { name: "ft", factor: 1, digits: 0 },
  metric: { name: "m", factor: 0.3048, digits: 0 },
  imperial: { name: "ft", factor: 1, digits: 0 },
};
const SPEED: Readonly<Record<Units, Unit>> = {
  aviation: { name: "kt", factor: 1, digits: 0 },
  metric: { name: "km/h", factor: 1.852, digits: 0 },
  imperial: { name: "mph", factor: 1.150779, digits: 0 },
};
const VERTICAL_RATE: Readonly<Record<Units, Unit>> = {
  aviation: { name: "ft/min", factor: 1, digits: 0 },
  metric: { name: "m/s", factor: 0.00508, digits: 1 },
  imperial: { name: "ft/min", factor: 1, digits: 0 },
};
const DISTANCE: Readonly<Record<Units, Unit>> = {
  aviation: { name: "NM", factor: 1 / 1852, digits: 0 },
  metric: { name: "km", factor: 1 / 1000, digits: 0 },
  imperial: { name: "mi", factor: 1 / 1609.344, digits: 0 },
};

/** Above the transition altitude, heights are flight levels: hundreds of feet. */
const TRANSITION_ALTITUDE_FT = 18_000;

export class Formats {
  private madeInteger: Intl.NumberFormat | null = null;
  private madeTenths: Intl.NumberFormat | null = null;

  constructor(
    readonly units: Units,
    readonly language: Language,
    private readonly unknown: string,
  ) {}

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
    return ALTITUDE[this.units].name;
  }

  get speedUnit(): string {
    return SPEED[this.units].name;
  }

  count(count: number): string {
    return this.integer.format(count);
  }

  /** A count with its number, for texts that choose a plural. */
  counted(number: number): { readonly number: number; readonly text: string } {
    return { number, text: this.count(number) };
  }

  /** For the foot of a chart: thousands as k. */
  short(value: number): string {
    return Math.abs(value) < 10_000 ? this.integer.format(value) : `${this.integer.format(value / 1000)}k`;
  }

  decimal(value: number): string {
    return this.tenths.format(value);
  }

  altitude(altitudeFt: number | null): string {
    return this.measure(altitudeFt, ALTITUDE[this.units]);
  }

  speed(speedKt: number | null): string {
    return this.measure(speedKt, SPEED[this.units]);
  }

  distance(metres: number | null): string {
    return this.measure(metres, DISTANCE[this.units]);
  }

  verticalRate(rateFpm: number | null): string {
    const text = this.measure(rateFpm, VERTICAL_RATE[this.units]);
    return (rateFpm ?? 0) > 0 ? `+${text}` : text;
  }

  /** Empty below the transition altitude and where heights are in metres. */
  flightLevel(altitudeFt: number | null): string {
    if (this.units === "metric" || altitudeFt === null || altitudeFt < TRANSITION_ALTITUDE_FT) return "";
    return `FL${String(Math.round(altitudeFt / 100)).padStart(3, "0")}`;
  }

  /** A height or speed as a bare number of this unit, and back. */
  altitudeNumber(altitudeFt: number): number {
    return Math.round(altitudeFt * ALTITUDE[this.units].factor);
  }

  altitudeFt(number: number): number {
    return number / ALTITUDE[this.units].factor;
  }

  speedNumber(speedKt: number): number {
    return Math.round(speedKt * SPEED[this.units].factor);
  }

  speedKt(number: number): number {
    return number / SPEED[this.units].factor;
  }

  track(trackDeg: number | null): string {
    return trackDeg === null ? this.unknown : `${String(Math.round(trackDeg) % 360).padStart(3, "0")}°`;
  }

  latitude(latitudeDeg: number): string {
    return `${Math.abs(latitudeDeg).toFixed(4)}° ${latitudeDeg < 0 ? "S" : "N"}`;
  }

  longitude(longitudeDeg: number): string {
    return `${Math.abs(longitudeDeg).toFixed(4)}° ${longitudeDeg < 0 ? "W" : "E"}`;
  }

  bytesPerSecond(bytesPerSecond: number): string {
    if (bytesPerSecond < 1000) return `${this.integer.format(bytesPerSecond)} B/s`;
    return bytesPerSecond < 1_000_000
      ? `${this.tenths.format(bytesPerSecond / 1000)} kB/s`
      : `${this.tenths.format(bytesPerSecond / 1_000_000)} MB/s`;
  }

  /** How long, in the largest unit that says enough. */
  age(milliseconds: number): string {
    const seconds = Math.max(0, Math.round(milliseconds / 1000));
    if (seconds < 90) return `${seconds} s`;
    return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
  }

  /** How long something takes: hours and minutes. */
  duration(milliseconds: number): string {
    const minutes = Math.max(0, Math.round(milliseconds / 60_000));
    return minutes < 60
      ? `${minutes} min`
      : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
  }

  /** The time of day where the screen is, of milliseconds since 1970. */
  timeOfDay(timeMs: number): string {
    return new Date(timeMs).toTimeString().slice(0, "hh:mm:ss".length);
  }

  private measure(value: number | null, unit: Unit): string {
    if (value === null) return this.unknown;
    const format = unit.digits === 0 ? this.integer : this.tenths;
    return `${format.format(value * unit.factor).replace("-", "−")} ${unit.name}`;
  }
}
