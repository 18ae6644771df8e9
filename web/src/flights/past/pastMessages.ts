// Messages between the page and the worker of the past.
import type { Filters } from "../filters";
import type { RowsUpdate } from "../rowsUpdate";
import type { Statistics } from "../statistics";
import type { TrailPoints } from "../trailLayout";
import type { WorldArea } from "../trailPoints";
import type { Area } from "./area";

/** Where history is, and the right to read it. */
export interface Access {
  /** The gateway's WebSocket; its API is beside it. */
  readonly url: string;
  /** A JWT; empty for none. */
  readonly token: string;
}

export type ToPastWorker =
  /**
   * Show the moment at or before `atMs`; load as many steps after it as `ahead` says, none after `endMs`. With an area,
   * most moments are loaded of it only, and the others' places are up to a minute of steps older.
   */
  | {
      readonly type: "show";
      readonly access: Access;
      readonly atMs: number;
      readonly stepMs: number;
      readonly ahead: number;
      readonly endMs: number;
      readonly area: Area | null;
    }
  | { readonly type: "filter"; readonly filters: Filters }
  /** The trails of all aircraft in an area up to `untilMs`, once. */
  | { readonly type: "trails"; readonly area: WorldArea; readonly mostPoints: number; readonly untilMs: number }
  /** The present is shown: stop loading and forget what is loaded. */
  | { readonly type: "leave" };

export interface ShownMoment {
  readonly type: "moment";
  /** The moment, and that of the step after it. */
  readonly timeMs: number;
  readonly nextMs: number;
  readonly stepMs: number;
  readonly update: RowsUpdate;
  readonly statistics: Statistics;
}

/** Why nothing came: the status of HTTP, or 0 without an answer. */
export interface LoadFailure {
  readonly status: number;
  readonly detail: string;
}

export type FromPastWorker =
  | ShownMoment
  | { readonly type: "trails"; readonly trails: TrailPoints }
  /** Null: it works again. */
  | { readonly type: "failure"; readonly failure: LoadFailure | null };
