// Messages between the page and the worker. The worker sends rows as frames change them, and everything else at most
// once a second or on request.
import type { CloseMeaning, WorldView } from "@flighttracker/client";
import type { Filters } from "./filters";
import type { Latency } from "./latency";
import type { RowsUpdate } from "./rowsUpdate";
import type { SortOrder } from "./sortColumns";
import type { SortBasis } from "./sortOrder";
import type { Statistics } from "./statistics";
import type { TrailPoints } from "./trailLayout";
import type { WorldArea } from "./trailPoints";

export type Phase =
  /** No connection yet. */
  | "connecting"
  /** Connected, waiting for the first frames. */
  | "loading"
  | "live"
  /** The connection was lost; the last positions stay. */
  | "reconnecting"
  /** The gateway sends frames of a version that this page does not read. */
  | "outdated"
  /** This browser cannot run the page: it has no DecompressionStream or no workers. */
  | "unsupported";

export interface Connection {
  readonly phase: Phase;
  readonly tracker: string;
  readonly viewers: number;
  readonly attempt: number;
  /** When the next attempt begins, by this computer's clock; null when none is planned. */
  readonly retryAtMs: number | null;
  /** Why the last connection ended; null before the first end. */
  readonly lost: { readonly meaning: CloseMeaning; readonly reason: string } | null;
  /** How many shards the tracker has; null until the gateway reports it. */
  readonly shardCount: number | null;
  readonly staleShards: readonly number[];
  /** The server's time that the oldest stale shard shows; null when none is stale. */
  readonly staleSinceMs: number | null;
  /** When the token ends, by the server's time; null when none is required. */
  readonly tokenEndsMs: number | null;
  /** No message for three ticks of the world, or the gateway reports stale shards. */
  readonly isStale: boolean;
  readonly tickIntervalMs: number;
  /** The server's time that the picture describes. */
  readonly pictureTimeMs: number | null;
}

/** Before the first attempt. */
export const NO_CONNECTION: Connection = {
  phase: "connecting",
  tracker: "",
  viewers: 0,
  attempt: 0,
  retryAtMs: null,
  lost: null,
  shardCount: null,
  staleShards: [],
  staleSinceMs: null,
  tokenEndsMs: null,
  isStale: false,
  tickIntervalMs: 1000,
  pictureTimeMs: null,
};

export interface Pulse {
  readonly type: "pulse";
  readonly statistics: Statistics;
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
  /** Rows that changed, per second. */
  readonly updatesPerSecond: number;
  /** From a report to this page, in the last half minute, of the aircraft that come exactly; null when none came. */
  readonly latency: Latency | null;
  readonly refusedFrames: number;
  readonly resyncs: number;
  /** The filters compare names, and those of all aircraft have not come. */
  readonly lacksNames: boolean;
}

export interface DecodeTime {
  readonly kind: "key" | "delta";
  readonly aircraft: number;
  /** From a message to its numbers; most of it is waiting for the browser's own inflater. */
  readonly inflatingMilliseconds: number;
  /** From the numbers to the rows of the map: prediction, projection, correction. */
  readonly milliseconds: number;
}

export type FromWorker =
  | { readonly type: "rows"; readonly update: RowsUpdate; readonly decodeTimes: readonly DecodeTime[] }
  | { readonly type: "shown"; readonly shown: Uint8Array<ArrayBuffer> }
  | { readonly type: "order"; readonly order: SortOrder; readonly rows: Uint32Array<ArrayBuffer> }
  /** TRAIL_NUMBERS for each point, oldest first. */
  | { readonly type: "trail"; readonly icao24: number; readonly trail: Float64Array<ArrayBuffer> }
  | { readonly type: "trails"; readonly trails: TrailPoints }
  | { readonly type: "clock"; readonly offsetMs: number }
  | { readonly type: "connection"; readonly connection: Connection }
  | Pulse;

export type ToWorker =
  | { readonly type: "open"; readonly url: string }
  | { readonly type: "filter"; readonly filters: Filters }
  /** Null while the table is closed. */
  | { readonly type: "sort"; readonly order: SortOrder | null; readonly basis?: SortBasis }
  | { readonly type: "select"; readonly icao24: number | null }
  /** What the map shows: the gateway sends aircraft of these tiles as exactly as a map of this zoom shows them. */
  | { readonly type: "view"; readonly view: WorldView }
  /** The aircraft that a person reads: their positions come at full precision, and their names first. */
  | { readonly type: "read"; readonly icao24: readonly number[] }
  /** Whether names of all aircraft are needed: for lists, counts and alerts. */
  | { readonly type: "names"; readonly areNeeded: boolean }
  /** The trails of all aircraft in an area, once. */
  | { readonly type: "trails"; readonly area: WorldArea; readonly mostPoints: number }
  /** Where aircraft were before this page received them, by address; continued by the trails. */
  | { readonly type: "earlierTrails"; readonly trails: ReadonlyMap<number, Float64Array> }
  /** A JWT for a gateway that requires one; empty for none. */
  | { readonly type: "token"; readonly token: string }
  | { readonly type: "hurry" }
  /** The gateway does not accept the token: wait for another. */
  | { readonly type: "hold"; readonly reason: string };
