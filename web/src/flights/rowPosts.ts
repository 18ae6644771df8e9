// What the worker sends of its rows: those that changed, which of them pass the filters, the table's order, trails. The session
// owns one.
import type { SocketSurroundings } from "@flighttracker/client";
import { type Filters, hasFilters, NO_FILTERS } from "./filters";
import type { Fleet } from "./fleet";
import { buffersOf } from "./packRows";
import type { SortOrder } from "./sortColumns";
import type { SortBasis } from "./sortOrder";
import { countRows, type Statistics } from "./statistics";
import type { WorldArea } from "./trailPoints";
import type { DecodeTime, FromWorker } from "./workerMessages";

const LOAD_AGAIN_MS = 2_000;

export type Post = (message: FromWorker, transfer: ArrayBuffer[]) => void;

/** What the worker loads when the first picture is drawn. */
export type LaterParts = typeof import("./laterParts");

export class RowPosts {
  /** Null until they are loaded. */
  parts: LaterParts | null = null;
  selected: number | null = null;
  /** Null while the table is closed. */
  sort: SortOrder | null = null;
  private basis: SortBasis | undefined;
  /** Trails from before the page was opened, by address. */
  earlier: ReadonlyMap<number, Float64Array> = new Map();
  /** How many rows were sent. */
  sentRows = 0;
  private held: Filters = NO_FILTERS;
  /** Null until there were filters, or the other parts are loaded. */
  private rowTest: LaterParts["rowTest"] | null = null;
  private testedNames = 0;

  constructor(
    private readonly fleet: Fleet,
    private readonly post: Post,
    private readonly surroundings: SocketSurroundings,
  ) {}

  get filters(): Filters {
    return this.held;
  }

  /** Show only aircraft that pass these filters; `shown` is called when the page knows which. */
  filter(filters: Filters, shown: () => void): void {
    this.held = filters;
    this.postShown();
    shown();
    if (hasFilters(filters) && this.rowTest === null) void this.loadRowTest(shown);
  }

  use(parts: LaterParts): void {
    this.parts = parts;
    this.rowTest = parts.rowTest;
    this.postOrder();
  }

  postRows(decodeTimes: readonly DecodeTime[]): void {
    // A filter by name must know a new name.
    if (this.fleet.names.names.length !== this.testedNames) this.postShown();
    const update = this.fleet.takeUpdate();
    if (update === null) return;
    this.sentRows += update.rows.length;
    this.post({ type: "rows", update, decodeTimes }, buffersOf(update));
    this.postTrail();
  }

  sortBy(order: SortOrder | null, basis: SortBasis | undefined): void {
    this.sort = order;
    this.basis = basis;
    this.postOrder();
  }

  postOrder(): void {
    if (this.sort === null || this.parts === null) return;
    const rows = this.parts.sortedRows(this.fleet.rows, this.sort, this.basis);
    this.post({ type: "order", order: this.sort, rows }, [rows.buffer]);
  }

  /** The trail of the selected aircraft. */
  postTrail(): void {
    if (this.selected === null) return;
    const row = this.fleet.rowOf(this.selected);
    const trail = row === undefined ? new Float64Array(0) : this.fleet.trails.of(row);
    this.post({ type: "trail", icao24: this.selected, trail }, [trail.buffer]);
  }

  /** The trails of all aircraft in an area. */
  postTrails(parts: LaterParts, area: WorldArea, mostPoints: number): void {
    const { rows, trails: own } = this.fleet;
    const of = (row: number, most: number) => {
      const earlier = this.earlier.get(rows.icao24[row] as number);
      return earlier === undefined ? own.of(row, most) : parts.joinedTrail(earlier, own.of(row, most), most);
    };
    const trails = parts.trailPoints(rows, { of }, area, mostPoints);
    this.post({ type: "trails", trails }, [trails.points.buffer]);
  }

  /** What there is, and what passes the filters. */
  counted(): Statistics {
    return countRows(this.fleet.rows, this.held, this.rowTest);
  }

  private postShown(): void {
    this.testedNames = this.fleet.names.names.length;
    const isUnfiltered = !hasFilters(this.held);
    // Before the filters are loaded, nothing is shown that they may hide.
    const test = this.rowTest?.(this.held, this.fleet.rows) ?? (() => isUnfiltered);
    const shown = this.fleet.show(test);
    this.post({ type: "shown", shown }, [shown.buffer]);
  }

  private async loadRowTest(shown: () => void): Promise<void> {
    try {
      this.rowTest = (await import("./rowTest")).rowTest;
      this.postShown();
      shown();
    } catch (error) {
      console.warn("The filters did not load yet:", error);
      this.surroundings.after(LOAD_AGAIN_MS, () => void this.loadRowTest(shown));
    }
  }
}
