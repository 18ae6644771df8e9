// Alert rules: emergencies, a name, a squawk, an area. Pure: the rules, their storage, and whether a row matches one.
// Texts are compared as bytes, so that 20,000 aircraft cost no strings.
import { COLUMN, COLUMN_COUNT, DEGREES_PER_POSITION_UNIT, TEXT_BYTES, TEXT_COLUMNS } from "@flighttracker/client";
import type { FlightRows } from "@/flights/flightRows";

export const MOST_RULES = 20;
const LONGEST_TEXT = 32;
const SHORTEST_TEXT = 2;

/** Degrees; west may be greater than east, over the 180th meridian. */
export interface Area {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

export type RuleKind = "emergency" | "text" | "squawk" | "area";

export interface Rule {
  readonly id: string;
  readonly kind: RuleKind;
  readonly isOn: boolean;
  /** A pattern, a squawk, or the name of an area; empty for emergencies. */
  readonly value: string;
  readonly area: Area | null;
}

export const EMERGENCY_RULE: Rule = { id: "emergency", kind: "emergency", isOn: true, value: "", area: null };

/** The key in `texts.alerts` of why a rule is invalid; null for a valid one. */
export function whyInvalid(
  kind: RuleKind,
  value: string,
  area: Area | null,
): "badText" | "badSquawk" | "badArea" | null {
  const text = value.trim();
  if (kind === "text") return text.replaceAll("*", "").length < SHORTEST_TEXT ? "badText" : null;
  if (kind === "squawk") return /^[0-7]{4}$/.test(text) ? null : "badSquawk";
  if (kind === "area") return text === "" || area === null ? "badArea" : null;
  return null;
}

/** What of a text can be a squawk: at most four digits from 0 to 7. */
export function squawkIn(text: string): string {
  return text.replaceAll(/[^0-7]/g, "").slice(0, 4);
}

/** Rules from storage. Invalid ones are skipped; the rule for emergencies is always included. */
export function parseRules(text: string | null): Rule[] {
  let values: unknown;
  try {
    values = JSON.parse(text ?? "[]");
  } catch {
    values = [];
  }
  const rules = (Array.isArray(values) ? values : []).map(parseRule).filter((rule) => rule !== null);
  const emergency = rules.find(({ kind }) => kind === "emergency") ?? EMERGENCY_RULE;
  return [emergency, ...rules.filter(({ kind }) => kind !== "emergency")].slice(0, MOST_RULES);
}

function parseRule(value: unknown): Rule | null {
  if (typeof value !== "object" || value === null) return null;
  const { id, kind, isOn, value: wanted, area } = value as Readonly<Record<string, unknown>>;
  if (typeof id !== "string" || typeof wanted !== "string" || typeof isOn !== "boolean") return null;
  if (kind !== "emergency" && kind !== "text" && kind !== "squawk" && kind !== "area") return null;
  const place = parseArea(area);
  if (whyInvalid(kind, wanted, place) !== null) return null;
  return { id, kind, isOn, value: wanted.slice(0, LONGEST_TEXT), area: place };
}

function parseArea(value: unknown): Area | null {
  if (typeof value !== "object" || value === null) return null;
  const { west, south, east, north } = value as Readonly<Record<string, unknown>>;
  if (![west, south, east, north].every((number) => typeof number === "number" && Number.isFinite(number))) return null;
  return { west, south, east, north } as Area;
}

/** Whether the aircraft in a row matches. */
export type RuleTest = (row: number) => boolean;

export function ruleTest(rule: Rule, rows: FlightRows): RuleTest {
  if (rule.kind === "emergency") return (row) => rows.isEmergency(row);
  if (rule.kind === "squawk") {
    const squawk = Number.parseInt(rule.value, 8);
    return (row) => rows.dynamic[row * COLUMN_COUNT + COLUMN.squawk] === squawk;
  }
  if (rule.kind === "area") return areaTest(rule.area as Area, rows);
  return textTest(rule.value, rows);
}

/** Whether a row lies in an area. */
export function areaTest({ west, south, east, north }: Area, { dynamic }: FlightRows): RuleTest {
  const [w, s, e, n] = [west, south, east, north].map((degrees) => Math.round(degrees / DEGREES_PER_POSITION_UNIT)) as [
    number,
    number,
    number,
    number,
  ];
  return (row) => {
    const latitude = dynamic[row * COLUMN_COUNT + COLUMN.latitude] as number;
    const longitude = dynamic[row * COLUMN_COUNT + COLUMN.longitude] as number;
    if (latitude < s || latitude > n) return false;
    return w <= e ? longitude >= w && longitude <= e : longitude >= w || longitude <= e;
  };
}

const TEXTS = TEXT_COLUMNS.filter(
  ({ name }) => name === "callsign" || name === "registration" || name === "aircraftType",
);

function textTest(pattern: string, rows: FlightRows): RuleTest {
  const wanted = pattern.trim().toUpperCase();
  const bytes = Uint8Array.from(wanted, (letter) => letter.charCodeAt(0));
  const address = /^[0-9A-F]{6}$/.test(wanted) ? Number.parseInt(wanted, 16) : -1;
  return (row) => {
    if (rows.icao24[row] === address) return true;
    for (const { start, bytes: width } of TEXTS) {
      const from = row * TEXT_BYTES + start;
      let end = from;
      while (end < from + width && rows.text[end] !== 0) end++;
      if (end > from && fits(rows.text, from, end, bytes)) return true;
    }
    return false;
  };
}

const STAR = 0x2a;

/** Whether all of `text` from `from` to `end` fits a pattern in which `*` stands for anything. */
export function fits(text: Uint8Array, from: number, end: number, pattern: Uint8Array): boolean {
  let at = from;
  let p = 0;
  let star = -1;
  let resume = 0;
  while (at < end) {
    if (p < pattern.length && pattern[p] === STAR) {
      star = p++;
      resume = at;
    } else if (p < pattern.length && pattern[p] === upper(text[at] as number)) {
      at++;
      p++;
    } else if (star >= 0) {
      p = star + 1;
      at = ++resume;
    } else return false;
  }
  while (pattern[p] === STAR) p++;
  return p === pattern.length;
}

function upper(letter: number): number {
  return letter >= 0x61 && letter <= 0x7a ? letter - 0x20 : letter;
}
