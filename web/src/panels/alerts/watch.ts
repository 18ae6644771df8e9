// Checks all aircraft against the alert rules once a second. A match is reported once, and again only after FORGET_MS
// without a match. What is inside an area when its rule begins is not reported: it has not entered. Nor is what fits a rule of
// names or squawks that the page began with: it was reported before. Also runs while the tab is in the background.
import { TEXT_BYTES } from "@flighttracker/client";
import type { FlightsClient } from "@/flights/client";
import { EMERGENCY_RULE, type Rule, ruleTest } from "./rules";

export const MOST_EVENTS = 200;
const FORGET_MS = 60_000;
/** How long an event waits for the callsign and the squawk of its aircraft, which come after its position. */
const NAMES_MS = 3_000;
/** An aircraft has left an area when it was outside for this long: one on the edge does not enter and leave all the time. */
const LEFT_MS = 10_000;
/** Most events that one rule reports at once. */
const MOST_AT_ONCE = 50;

export interface AlertEvent {
  readonly id: number;
  readonly rule: Rule;
  readonly icao24: number;
  /** The aircraft as it was: callsign, else its address. */
  readonly callsign: string;
  readonly squawk: string;
  /** Whether it left the area of the rule; otherwise it began to fit. */
  readonly hasLeft: boolean;
  /** When it was noticed, milliseconds since 1970 by the server's clock. */
  readonly timeMs: number;
}

export interface Alerts {
  readonly rules: readonly Rule[];
  /** Newest first. */
  readonly events: readonly AlertEvent[];
  /** How many events are unread. */
  readonly unread: number;
  readonly hasDropped: boolean;
}

export class AlertWatch {
  private alerts: Alerts = { rules: [EMERGENCY_RULE], events: [], unread: 0, hasDropped: false };
  /** By rule and aircraft: when it last fitted. */
  private readonly fitting = new Map<string, number>();
  /** By rule and aircraft: since when an event waits for names. */
  private readonly unnamed = new Map<string, number>();
  /** Rules that were compared once: what was inside an area then has not entered. */
  private readonly begun = new Set<string>();
  /** Rules of names and squawks that the page began with. */
  private readonly kept = new Set<string>();
  /** Aircraft that were there when the page began, and whose names have not come; null before the first. */
  private nameless: Set<number> | null = null;
  private readonly listeners = new Set<() => void>();
  private readonly unsubscribe: () => void;
  private lastPulse: unknown = null;
  private nextId = 1;

  constructor(
    private readonly client: FlightsClient,
    private readonly onNew: (events: readonly AlertEvent[]) => void,
  ) {
    this.unsubscribe = client.subscribe(() => {
      const { pulse } = client.getSnapshot();
      if (pulse === null || pulse === this.lastPulse) return;
      this.lastPulse = pulse;
      this.look(client.serverTimeMs());
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getAlerts = (): Alerts => this.alerts;

  close(): void {
    this.unsubscribe();
  }

  /** Begin with the rules that the browser kept. */
  begin(rules: readonly Rule[]): void {
    for (const { id, kind } of rules) if (kind === "text" || kind === "squawk") this.kept.add(id);
    this.setRules(rules);
  }

  setRules(rules: readonly Rule[]): void {
    for (const key of this.fitting.keys()) {
      if (!rules.some(({ id, isOn }) => isOn && key.startsWith(`${id} `))) this.fitting.delete(key);
    }
    for (const known of [this.begun, this.kept]) {
      for (const id of known) if (!rules.some((rule) => rule.id === id && rule.isOn)) known.delete(id);
    }
    this.change({ rules });
  }

  /** Mark all events as read. */
  read(): void {
    if (this.alerts.unread > 0) this.change({ unread: 0 });
  }

  clear(): void {
    this.change({ events: [], unread: 0, hasDropped: false });
  }

  /** Compare every aircraft with every rule that is on. */
  look(timeMs: number): void {
    const { live } = this.client;
    const found: AlertEvent[] = [];
    if (live.rowCount > 0) this.nameless ??= new Set(this.withoutNames());
    for (const rule of this.alerts.rules) {
      if (!rule.isOn) continue;
      const test = ruleTest(rule, live);
      const isKept = this.kept.has(rule.id);
      const isFirst = (rule.kind === "area" || isKept) && !this.begun.has(rule.id);
      let count = 0;
      for (let row = 0; row < live.rowCount; row++) {
        if (live.present[row] !== 1 || !test(row)) continue;
        const icao24 = live.icao24[row] as number;
        const key = `${rule.id} ${icao24}`;
        const isNew = !this.fitting.has(key);
        const isSilent = isFirst || (isKept && this.nameless?.has(icao24) === true);
        if (isNew && !isSilent && this.waitsForNames(key, rule, row, timeMs)) continue;
        this.fitting.set(key, timeMs);
        const isTold = isNew && !isSilent && rule.terms?.on !== "leave";
        if (isTold && count++ < MOST_AT_ONCE) found.push(this.eventOf(rule, row, icao24, timeMs, false));
      }
      if (rule.terms !== undefined && rule.terms.on !== "enter") found.push(...this.left(rule, timeMs));
      if (live.rowCount > 0) this.begun.add(rule.id);
    }
    this.forgetNamed();
    for (const known of [this.fitting, this.unnamed]) {
      for (const [key, lastMs] of known) if (timeMs - lastMs > FORGET_MS) known.delete(key);
    }
    if (found.length === 0) return;
    const events = [...found.reverse(), ...this.alerts.events];
    this.change({
      events: events.slice(0, MOST_EVENTS),
      unread: Math.min(MOST_EVENTS, this.alerts.unread + found.length),
      hasDropped: this.alerts.hasDropped || events.length > MOST_EVENTS,
    });
    this.onNew(found);
  }

  private *withoutNames(): Iterable<number> {
    const { live } = this.client;
    if (this.kept.size === 0) return;
    for (let row = 0; row < live.rowCount; row++) {
      if (live.present[row] === 1 && !this.hasNames(row)) yield live.icao24[row] as number;
    }
  }

  private forgetNamed(): void {
    if (this.nameless === null || this.nameless.size === 0) return;
    const still = new Set(this.withoutNames());
    for (const icao24 of this.nameless) if (!still.has(icao24)) this.nameless.delete(icao24);
  }

  private hasNames(row: number): boolean {
    return this.client.live.text.subarray(row * TEXT_BYTES, (row + 1) * TEXT_BYTES).some((byte) => byte !== 0);
  }

  private waitsForNames(key: string, { kind }: Rule, row: number, timeMs: number): boolean {
    const { live } = this.client;
    const isNamed = live.textOf(row, "callsign") !== "" && (kind !== "emergency" || live.squawk(row) !== "");
    const sinceMs = this.unnamed.get(key) ?? timeMs;
    const waits = !isNamed && timeMs - sinceMs < NAMES_MS;
    if (waits) this.unnamed.set(key, sinceMs);
    else this.unnamed.delete(key);
    return waits;
  }

  /** Aircraft that fitted a rule and are now elsewhere; not those without a signal. */
  private left(rule: Rule, timeMs: number): AlertEvent[] {
    const found: AlertEvent[] = [];
    for (const [key, lastMs] of this.fitting) {
      if (timeMs - lastMs < LEFT_MS || found.length >= MOST_AT_ONCE || !key.startsWith(`${rule.id} `)) continue;
      const icao24 = Number(key.slice(rule.id.length + 1));
      const row = this.client.live.rowOf(icao24);
      if (row < 0) continue;
      this.fitting.delete(key);
      found.push(this.eventOf(rule, row, icao24, timeMs, true));
    }
    return found;
  }

  private eventOf(rule: Rule, row: number, icao24: number, timeMs: number, hasLeft: boolean): AlertEvent {
    const { live } = this.client;
    const callsign = live.textOf(row, "callsign") || live.icao24Text(row);
    return { id: this.nextId++, rule, icao24, callsign, squawk: live.squawk(row), hasLeft, timeMs };
  }

  private change(changed: Partial<Alerts>): void {
    this.alerts = { ...this.alerts, ...changed };
    for (const listener of this.listeners) listener();
  }
}
