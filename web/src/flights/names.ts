// Callsigns, registrations, types, operators and routes: asked from the gateway when they are shown or needed.
//
// `GET /api/v1/names` answers columns, {"version", "is_whole", "icao24": […], "callsign": […], …}: of all aircraft, with `?icao24=a,b,…`
// of these, with `?since=VERSION` of those that are new or have another callsign since an earlier answer. The worker owns one
// NameRequests; it asks for one thing at a time, and for what is in sight first.
import { apiUrl } from "./config";
import { icao24Text } from "./flightRows";

/** Most addresses of one request; for more, all names together are less to send. */
export const MOST_ASKED = 500;
const WAIT_MS = 15_000;
/** How soon names that an answer lacked are asked for again, and how often those that are out of sight are. */
const RETRY_MS = 5_000;
/** How often the names of all are brought up to date. */
const RENEW_MS = 20_000;
/** How often the names of aircraft in sight are, where only those are wanted. */
const RENEW_SEEN_MS = 60_000;
/** So often, `since` was answered with all aircraft: requests come to several gateways, and each has versions of its own. */
const MOST_WASTED = 2;

export interface FlightNames {
  readonly icao24: number;
  readonly callsign: string;
  readonly registration: string;
  readonly aircraftType: string;
  readonly operator: string;
  readonly country: string;
  readonly source: string;
  readonly origin: string;
  readonly destination: string;
  /** Four octal digits; empty if unknown. */
  readonly squawk: string;
}

/** Which names: of some aircraft, of those that changed since a version, or of all. */
export type NamesQuestion = { readonly icao24: readonly number[] } | { readonly since: string } | "all";

export interface NamesAnswer {
  readonly version: string;
  readonly isWhole: boolean;
  readonly names: readonly FlightNames[];
}

export class NameRequests {
  /** Whether the names of all aircraft are wanted, or only those in sight. */
  wantsAll = false;
  private inSight: readonly number[] = [];
  /** Aircraft without names, and the time from which they may be asked for. */
  private readonly unnamed = new Map<number, number>();
  /** What the request under way has asked for, and no answer has come for. */
  private asked = new Set<number>();
  private isAsking = false;
  private version = "";
  private askedAtMs = Number.NEGATIVE_INFINITY;
  private renewedAtMs = Number.NEGATIVE_INFINITY;
  private wasted = 0;

  constructor(
    private readonly request: (question: NamesQuestion) => Promise<NamesAnswer>,
    private readonly answered: (names: readonly FlightNames[]) => void,
  ) {}

  /** Whether the names of all aircraft have come once. */
  get hasAll(): boolean {
    return this.version !== "";
  }

  /** Names of these aircraft are unknown. */
  need(icao24: Iterable<number>, nowMs: number): void {
    for (const address of icao24) {
      this.asked.delete(address);
      this.unnamed.set(address, nowMs);
    }
  }

  forget(icao24: Iterable<number>): void {
    for (const address of icao24) {
      this.unnamed.delete(address);
      this.asked.delete(address);
    }
  }

  /** Names may have changed unseen: bring them up to date with the next request. */
  doubt(): void {
    this.renewedAtMs = Number.NEGATIVE_INFINITY;
  }

  /** What a person sees now. */
  see(icao24: readonly number[]): void {
    this.inSight = icao24;
  }

  /** Ask for what is needed, unless a request is under way; `nowMs` is any clock. */
  ask(nowMs: number): void {
    if (this.isAsking) return;
    const question = this.next(nowMs);
    if (question === null) return;
    const isForAll = question === "all" || "since" in question;
    const asked = new Set(question === "all" ? this.unnamed.keys() : "since" in question ? [] : question.icao24);
    this.asked = asked;
    for (const address of asked) this.unnamed.delete(address);
    this.isAsking = true;
    this.askedAtMs = nowMs;
    this.request(question)
      .then(({ version, isWhole, names }) => {
        if (isForAll) this.version = version;
        if (isWhole && question !== "all") this.wasted++;
        for (const { icao24 } of names) asked.delete(icao24);
        // What entered while the answer was on its way may be another aircraft with the same address.
        this.answered(names.filter(({ icao24 }) => !this.unnamed.has(icao24)));
      })
      .catch((error: unknown) => console.warn("The names of aircraft did not load:", error))
      .finally(() => {
        this.isAsking = false;
        for (const address of asked) this.unnamed.set(address, nowMs + RETRY_MS);
        // After a failure, too, the next attempt waits.
        if (isForAll) this.renewedAtMs = nowMs;
      });
  }

  private next(nowMs: number): NamesQuestion | null {
    const sinceRenewedMs = nowMs - this.renewedAtMs;
    if (this.wantsAll && this.version === "" && sinceRenewedMs >= RETRY_MS) return "all";
    const isDue = (address: number) => (this.unnamed.get(address) ?? Number.POSITIVE_INFINITY) <= nowMs;
    const wanted = this.inSight.filter(isDue);
    const areOthersDue = this.wantsAll && this.version !== "" && nowMs - this.askedAtMs >= RETRY_MS;
    if (wanted.length === 0 && areOthersDue) {
      for (const address of this.unnamed.keys()) if (isDue(address)) wanted.push(address);
      if (wanted.length > MOST_ASKED) return "all";
    }
    if (wanted.length > 0) return { icao24: wanted.slice(0, MOST_ASKED) };
    if (this.wantsAll && this.wasted < MOST_WASTED) return sinceRenewedMs < RENEW_MS ? null : { since: this.version };
    if (sinceRenewedMs < RENEW_SEEN_MS || this.inSight.length === 0) return null;
    this.renewedAtMs = nowMs;
    return { icao24: this.inSight.slice(0, MOST_ASKED) };
  }
}

/** Load names over HTTP; the browser keeps answers, and asks whether they are still valid. */
export async function loadNames(gatewayUrl: string, token: string, question: NamesQuestion): Promise<NamesAnswer> {
  const url = apiUrl(gatewayUrl, "names");
  if (question !== "all" && "since" in question) url.searchParams.set("since", question.since);
  // Not by way of searchParams, which writes commas in three characters each.
  else if (question !== "all") url.search = `?icao24=${question.icao24.map(icao24Text).join()}`;
  const headers: HeadersInit = token === "" ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(url, { headers, cache: "no-cache", signal: AbortSignal.timeout(WAIT_MS) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return parseNames(await response.json());
}

/** What an answer says; what is not a text is empty. */
export function parseNames(answer: unknown): NamesAnswer {
  const columns = (answer ?? {}) as Readonly<Record<string, unknown>>;
  const version = typeof columns.version === "string" ? columns.version : "";
  return { version, isWhole: columns.is_whole === true, names: entriesOf(columns) };
}

function entriesOf(columns: Readonly<Record<string, unknown>>): readonly FlightNames[] {
  const addresses = columns.icao24;
  if (!Array.isArray(addresses)) return [];
  const text = (name: string, i: number) => {
    const column = columns[name];
    const value = Array.isArray(column) ? (column[i] as unknown) : "";
    return typeof value === "string" ? value : "";
  };
  return addresses.flatMap((address: unknown, i) => {
    if (typeof address !== "string" || !/^[0-9a-f]{6}$/.test(address)) return [];
    return {
      icao24: Number.parseInt(address, 16),
      callsign: text("callsign", i),
      registration: text("registration", i),
      aircraftType: text("aircraft_type", i),
      operator: text("operator", i),
      country: text("origin_country", i),
      source: text("source", i),
      origin: text("origin", i),
      destination: text("destination", i),
      squawk: text("squawk", i),
    };
  });
}
