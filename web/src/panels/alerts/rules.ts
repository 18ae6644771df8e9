// Alert rules: emergencies, a name, a squawk, an area. Pure: the rules, their storage, and whether a row matches one.
// Texts are compared as bytes, so that 20,000 aircraft cost no strings.
import { COLUMN, COLUMN_COUNT, DEGREES_PER_POSITION_UNIT, TEXT_BYTES, TEXT_COLUMNS } from "@flighttracker/client";
import type { FlightRows } from "@/flights/flightRows";
import { type Area, type BoxArea, boxOf, insideTest, parseArea } from "./area";

export const MOST_RULES = 20;
const LONGEST_TEXT = 32;
const LONGEST_TYPES = 100;
const SHORTEST_TEXT = 2;

export type RuleKind = "emergency" | "text" | "squawk" | "area";

/** What else an aircraft must be to matter in an area, and when it is reported. */
export interface FenceTerms {
  readonly on: "enter" | "leave" | "both";
  readonly hasSound: boolean;
  /** Null: any. An aircraft on the ground is below every altitude; one whose altitude is unknown matches none. */
  readonly lowestFt: number | null;
  readonly highestFt: number | null;
  readonly slowestKt: number | null;
  readonly fastestKt: number | null;
  /** Designators with `*` for anything, separated by spaces or commas; empty: any. */
  readonly types: string;
}

export const FIRST_TERMS: FenceTerms = {
  on: "enter",
  hasSound: false,
  lowestFt: null,
  highestFt: null,
  slowestKt: null,
  fastestKt: null,
  types: "",
};

export interface Rule {
  readonly id: string;
  readonly kind: RuleKind;
  readonly isOn: boolean;
  /** A pattern, a squawk, or the name of an area; empty for emergencies. */
  readonly value: string;
  readonly area: Area | null;
  /** Of a rule for an area; without them, entering counts. */
  readonly terms?: FenceTerms;
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
  const { id, kind, isOn, value: wanted, area, terms } = value as Readonly<Record<string, unknown>>;
  if (typeof id !== "string" || typeof wanted !== "string" || typeof isOn !== "boolean") return null;
  if (kind !== "emergency" && kind !== "text" && kind !== "squawk" && kind !== "area") return null;
  const place = parseArea(area);
  if (whyInvalid(kind, wanted, place) !== null) return null;
  const rule: Rule = { id, kind, isOn, value: wanted.slice(0, LONGEST_TEXT), area: place };
  return terms === undefined || terms === null ? rule : { ...rule, terms: parseTerms(terms) };
}

function parseTerms(value: unknown): FenceTerms {
  const given = value as Readonly<Record<string, unknown>>;
  const limit = (name: string) =>
    typeof given[name] === "number" && Number.isFinite(given[name]) ? given[name] : null;
  return {
    on: given.on === "leave" || given.on === "both" ? given.on : "enter",
    hasSound: given.hasSound === true,
    lowestFt: limit("lowestFt"),
    highestFt: limit("highestFt"),
    slowestKt: limit("slowestKt"),
    fastestKt: limit("fastestKt"),
    types: typeof given.types === "string" ? given.types.slice(0, LONGEST_TYPES) : "",
  };
}

/** Whether the aircraft in a row matches. */
export type RuleTest = (row: number) => boolean;

export function ruleTest(rule: Rule, rows: FlightRows): RuleTest {
  if (rule.kind === "emergency") return (row) => rows.isEmergency(row);
  if (rule.kind === "squawk") {
    const squawk = Number.parseInt(rule.value, 8);
    return (row) => rows.dynamic[row * COLUMN_COUNT + COLUMN.squawk] === squawk;
  }
  if (rule.kind === "area") return fenceTest(rule.area as Area, rule.terms ?? FIRST_TERMS, rows);
  return textTest(rule.value, rows);
}

function fenceTest(area: Area, terms: FenceTerms, rows: FlightRows): RuleTest {
  const isInBox = areaTest(boxOf(area), rows);
  const isInside = insideTest(area);
  const types = terms.types
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter((type) => type !== "");
  const patterns = types.map((type) => Uint8Array.from(type, (letter) => letter.charCodeAt(0)));
  return (row) => {
    if (!isInBox(row)) return false;
    const altitudeFt = rows.isOnGround(row) ? Number.NEGATIVE_INFINITY : rows.altitudeFt(row);
    if (!isBetween(altitudeFt, terms.lowestFt, terms.highestFt)) return false;
    if (!isBetween(rows.groundSpeedKt(row), terms.slowestKt, terms.fastestKt)) return false;
    if (patterns.length > 0 && !patterns.some((pattern) => fitsColumn(rows, row, TYPE, pattern))) return false;
    return isInside({ latitudeDeg: rows.latitudeDeg(row), longitudeDeg: rows.longitudeDeg(row) });
  };
}

function isBetween(value: number | null, lowest: number | null, highest: number | null): boolean {
  if (lowest === null && highest === null) return true;
  return value !== null && value >= (lowest ?? value) && value <= (highest ?? value);
}

/** Whether a row lies in a box. */
export function areaTest({ west, south, east, north }: BoxArea, { dynamic }: FlightRows): RuleTest {
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

const TYPE = TEXTS.filter(({ name }) => name === "aircraftType")[0] as (typeof TEXTS)[number];

function textTest(pattern: string, rows: FlightRows): RuleTest {
  const wanted = pattern.trim().toUpperCase();
  const bytes = Uint8Array.from(wanted, (letter) => letter.charCodeAt(0));
  const address = /^[0-9A-F]{6}$/.test(wanted) ? Number.parseInt(wanted, 16) : -1;
  return (row) => {
    if (rows.icao24[row] === address) return true;
    return TEXTS.some((column) => fitsColumn(rows, row, column, bytes));
  };
}

function fitsColumn(rows: FlightRows, row: number, column: (typeof TEXTS)[number], pattern: Uint8Array): boolean {
  const from = row * TEXT_BYTES + column.start;
  let end = from;
  while (end < from + column.bytes && rows.text[end] !== 0) end++;
  return end > from && fits(rows.text, from, end, pattern);
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
