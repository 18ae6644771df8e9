// The page's end of the worker: holds the rows as they were last sent, and notifies listeners of changes.
//
// Positions stay here in typed arrays and never enter React state. The map subscribes to rows; the panels subscribe to
// the small values (connection, pulse, order) with React's useSyncExternalStore. The live rows keep updating
// while the past is shown, so the present is there at once.
import { localTimeMs, SlewedOffset, type WorldView } from "@flighttracker/client";
import { EarlierTrack } from "./earlierTrack";
import type { Filters } from "./filters";
import { FlightRows } from "./flightRows";
import type { Access } from "./past/pastMessages";
import { Ring } from "./ring";
import { applyRows, type RowsUpdate } from "./rowsUpdate";
import type { SortOrder } from "./sortColumns";
import type { SortBasis } from "./sortOrder";
import type { TrailPoints } from "./trailLayout";
import type { WorldArea } from "./trailPoints";
import type { Connection, DecodeTime, FromWorker, Pulse, ToWorker } from "./workerMessages";

export interface RowsListener {
  /** Rows changed; the client's arrays hold them already. Null: all of them, for another picture is shown. */
  rowsChanged(update: RowsUpdate | null): void;
  shownChanged(): void;
  /** The selected aircraft's trail: TRAIL_NUMBERS for each point, oldest first. */
  trailChanged(icao24: number, trail: Float64Array): void;
  /** The trails of all aircraft in the area that was asked for. */
  trailsChanged?(trails: TrailPoints): void;
}

export interface Snapshot {
  readonly connection: Connection | null;
  readonly pulse: Pulse | null;
  readonly order: { readonly by: SortOrder; readonly rows: Uint32Array } | null;
}

/** A picture that is shown in the place of the live one. */
export interface ShownInstead {
  readonly rows: FlightRows;
  /** The moment that is shown, milliseconds since 1970 by the server's clock. */
  timeMs(): number;
  /** Ask for the trails of all aircraft in an area; `showTrails` of the client gets them. */
  requestTrails(area: WorldArea, mostPoints: number): void;
}

export class FlightsClient {
  /** The rows as they were last received, whatever is shown. */
  readonly live = new FlightRows([]);
  /** The rows that map and panels show. */
  readonly rows = new FlightRows(this.live.names);
  readonly decodeTimes = new Ring<DecodeTime>(1_000);
  /** The track of the selected aircraft before what this page received. */
  readonly earlier = new EarlierTrack(() => this.access);
  private gatewayUrl = "";
  private token = "";
  private snapshot: Snapshot = { connection: null, pulse: null, order: null };
  private readonly listeners = new Set<() => void>();
  private readonly rowsListeners = new Set<RowsListener>();
  private readonly slewed = new SlewedOffset();
  private offsetMs = 0;
  private instead: ShownInstead | null = null;
  private spentMs = 0;
  /** The aircraft that parts of the page show to a person, by part. */
  private readonly readBy = new Map<string, readonly number[]>();
  private readText = "";

  constructor(private readonly worker: Worker) {
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      const start = performance.now();
      this.receive(data);
      this.spentMs += performance.now() - start;
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getSnapshot = (): Snapshot => this.snapshot;

  subscribeRows(listener: RowsListener): () => void {
    this.rowsListeners.add(listener);
    return () => this.rowsListeners.delete(listener);
  }

  /** Where the gateway is, and the token for it. */
  get access(): Access {
    return { url: this.gatewayUrl, token: this.token };
  }

  /** What to add to this computer's time to get the server's, milliseconds. */
  get clockOffsetMs(): number {
    return this.offsetMs;
  }

  /** Show another picture; call again when its rows changed. Null shows the live one. */
  showInstead(picture: ShownInstead | null): void {
    this.instead = picture;
    this.earlier.showAt(picture === null ? null : picture.timeMs());
    this.rows.adopt(picture?.rows ?? this.live);
    for (const listener of this.rowsListeners) listener.rowsChanged(null);
  }

  /** The server's time, milliseconds since 1970. */
  serverTimeMs(): number {
    const nowMs = localTimeMs();
    return nowMs + this.slewed.next(this.offsetMs, nowMs);
  }

  /** The moment that is shown, milliseconds since 1970 by the server's clock. */
  shownTimeMs(): number {
    return this.instead?.timeMs() ?? this.serverTimeMs();
  }

  /** The moment that is shown, in the seconds of the rows' instances. */
  timeS(): number {
    return (this.shownTimeMs() - this.rows.referenceMs) / 1000;
  }

  /** Script time that the worker's messages took since the last call; the map counts it into its frame. */
  takeSpentMs(): number {
    const spentMs = this.spentMs;
    this.spentMs = 0;
    return spentMs;
  }

  open(url: string): void {
    this.gatewayUrl = url;
    this.send({ type: "open", url });
  }

  showToken(token: string): void {
    this.token = token;
    this.earlier.reload();
    this.send({ type: "token", token });
  }

  filter(filters: Filters): void {
    this.send({ type: "filter", filters });
  }

  sort(order: SortOrder | null, basis?: SortBasis): void {
    this.send({ type: "sort", order, ...(basis === undefined ? {} : { basis }) });
  }

  select(icao24: number | null): void {
    this.earlier.select(icao24);
    this.send({ type: "select", icao24 });
  }

  /** What the map shows: positions there come as exactly as they are drawn. */
  showView(view: WorldView): void {
    this.send({ type: "view", view });
  }

  /** The aircraft of which a part of the page shows numbers or names: positions of theirs come at full precision. */
  read(part: "pointer" | "table" | "also", icao24: readonly number[]): void {
    this.readBy.set(part, icao24);
    const all = [...this.readBy.values()].flat();
    const text = all.join();
    if (text === this.readText) return;
    this.readText = text;
    this.send({ type: "read", icao24: all });
  }

  /** Whether the page needs the names of all aircraft; otherwise those in sight come alone. */
  needNames(areNeeded: boolean): void {
    this.send({ type: "names", areNeeded });
  }

  /** Ask for the trails of all aircraft in an area; they come once. */
  requestTrails(area: WorldArea, mostPoints: number): void {
    if (this.instead !== null) this.instead.requestTrails(area, mostPoints);
    else this.send({ type: "trails", area, mostPoints });
  }

  /** Let the trails of all aircraft begin with these, by address. */
  continueTrails(trails: ReadonlyMap<number, Float64Array>): void {
    this.send({ type: "earlierTrails", trails });
  }

  /** Pass the trails of another picture to the map. */
  showTrails(trails: TrailPoints): void {
    for (const listener of this.rowsListeners) listener.trailsChanged?.(trails);
  }

  hurry(): void {
    this.send({ type: "hurry" });
  }

  /** Stop reconnecting until there is another token or a `hurry`: the gateway rejects this one. */
  hold(reason: string): void {
    this.send({ type: "hold", reason });
  }

  close(): void {
    this.worker.terminate();
  }

  private send(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  private receive(message: FromWorker): void {
    switch (message.type) {
      case "rows":
        applyRows(this.live, message.update);
        for (const time of message.decodeTimes) this.decodeTimes.push(time);
        if (this.instead !== null) break;
        this.rows.adopt(this.live);
        for (const listener of this.rowsListeners) listener.rowsChanged(message.update);
        break;
      case "shown":
        this.live.shown.set(message.shown.subarray(0, this.live.rowCount));
        if (this.instead !== null) break;
        for (const listener of this.rowsListeners) listener.shownChanged();
        break;
      case "trail":
        for (const listener of this.rowsListeners) listener.trailChanged(message.icao24, message.trail);
        break;
      case "trails":
        if (this.instead === null) this.showTrails(message.trails);
        break;
      case "clock":
        this.offsetMs = message.offsetMs;
        break;
      case "connection":
        this.publish({ connection: message.connection });
        break;
      case "pulse":
        this.publish({ pulse: message });
        break;
      case "order":
        this.publish({ order: { by: message.order, rows: message.rows } });
        break;
    }
  }

  private publish(change: Partial<Snapshot>): void {
    this.snapshot = { ...this.snapshot, ...change };
    for (const listener of this.listeners) listener();
  }
}
