// The page's end of the worker: holds the rows as they were last sent, and tells listeners what changed.
//
// Positions stay here in typed arrays and never enter React state. The map subscribes to rows; the panels subscribe to
// the small values (connection, pulse, order) with React's useSyncExternalStore.
import { localTimeMs, SlewedOffset } from "./clock";
import type { Filters } from "./filters";
import { FlightRows } from "./flightRows";
import { Ring } from "./ring";
import { applyRows, type RowsUpdate } from "./rowsUpdate";
import type { SortOrder } from "./sortOrder";
import type { Connection, DecodeTime, FromWorker, Pulse, ToWorker } from "./workerMessages";

export interface RowsListener {
  /** Rows changed; the client's arrays hold them already. */
  rowsChanged(update: RowsUpdate): void;
  shownChanged(): void;
  trailChanged(icao24: number, trail: Float64Array): void;
}

export interface Snapshot {
  readonly connection: Connection | null;
  readonly pulse: Pulse | null;
  readonly order: { readonly by: SortOrder; readonly rows: Uint32Array } | null;
}

export class FlightsClient {
  readonly rows = new FlightRows([]);
  readonly decodeTimes = new Ring<DecodeTime>(1_000);
  private snapshot: Snapshot = { connection: null, pulse: null, order: null };
  private readonly listeners = new Set<() => void>();
  private readonly rowsListeners = new Set<RowsListener>();
  private readonly slewed = new SlewedOffset();
  private offsetMs = 0;
  private spentMs = 0;

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

  /** The server's time, milliseconds since 1970. */
  serverTimeMs(): number {
    const nowMs = localTimeMs();
    return nowMs + this.slewed.next(this.offsetMs, nowMs);
  }

  /** The server's time in the seconds of the rows' instances. */
  timeS(): number {
    return (this.serverTimeMs() - this.rows.referenceMs) / 1000;
  }

  /** Script time that the worker's messages took since the last call; the map counts it into its frame. */
  takeSpentMs(): number {
    const spentMs = this.spentMs;
    this.spentMs = 0;
    return spentMs;
  }

  open(url: string): void {
    this.send({ type: "open", url });
  }

  filter(filters: Filters): void {
    this.send({ type: "filter", filters });
  }

  sort(order: SortOrder | null): void {
    this.send({ type: "sort", order });
  }

  select(icao24: number | null): void {
    this.send({ type: "select", icao24 });
  }

  hurry(): void {
    this.send({ type: "hurry" });
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
        applyRows(this.rows, message.update);
        for (const time of message.decodeTimes) this.decodeTimes.push(time);
        for (const listener of this.rowsListeners) listener.rowsChanged(message.update);
        break;
      case "shown":
        this.rows.shown.set(message.shown.subarray(0, this.rows.rowCount));
        for (const listener of this.rowsListeners) listener.shownChanged();
        break;
      case "trail":
        for (const listener of this.rowsListeners) listener.trailChanged(message.icao24, message.trail);
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
