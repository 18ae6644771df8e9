// The worker's session: keeps a connection, applies its messages to the fleet, and informs the page.
//
// Guarantees: messages are applied in the order in which they came, although inflating is asynchronous; a frame that is
// missing or damaged leads to a request for key frames, at most every RESYNC_MS; the page never shows half a message.
// worker.ts passes the worker's socket, timers and clock; tests pass their own.
import {
  type CloseMeaning,
  decodePayload,
  type Frame,
  FrameError,
  GatewaySocket,
  inflatePayload,
  parseGatewayMessage,
  ServerClock,
  type SocketSurroundings,
  splitFrames,
} from "@flighttracker/client";
import { type Filters, NO_FILTERS, rowTest } from "./filters";
import { Fleet } from "./fleet";
import { joinedTrail } from "./joinedTrail";
import { markMoment } from "./markMoment";
import { buffersOf } from "./rowsUpdate";
import type { SortOrder } from "./sortColumns";
import { PLAIN_BASIS, sortedRows } from "./sortOrder";
import { countRows } from "./statistics";
import { trailPoints } from "./trailPoints";
import { type Connection, type DecodeTime, type FromWorker, NO_CONNECTION, type ToWorker } from "./workerMessages";

const RESYNC_MS = 5_000;
export const STALE_TICKS = 3;
/** Most messages in the queue. With more, this computer cannot keep up, and a key frame is cheaper. */
const MOST_WAITING = 30;

export type Post = (message: FromWorker, transfer: ArrayBuffer[]) => void;

export class FlightSession {
  /** Whether a message with frames has come. */
  hasFrames = false;
  private readonly fleet = new Fleet();
  private readonly clock = new ServerClock();
  private socket: GatewaySocket | null = null;
  private token = "";
  private filters: Filters = NO_FILTERS;
  private testedNames = 0;
  private sort: SortOrder | null = null;
  private sortBasis = PLAIN_BASIS;
  private selected: number | null = null;
  private earlier: ReadonlyMap<number, Float64Array> = new Map();
  private waiting = Promise.resolve();
  private waitingCount = 0;
  private resyncAtMs = Number.NEGATIVE_INFINITY;
  private lastFrameAtMs = 0;
  private traffic = { messages: 0, bytes: 0, updates: 0 };
  private pulseAtMs = 0;
  private refusedFrames = 0;
  private resyncs = 0;
  private connection = NO_CONNECTION;

  constructor(
    private readonly post: Post,
    private readonly surroundings: SocketSurroundings,
  ) {}

  receive(message: ToWorker): void {
    switch (message.type) {
      case "open":
        this.open(message.url);
        break;
      case "filter":
        this.filters = message.filters;
        this.showFiltered();
        this.pulse();
        break;
      case "sort":
        this.sort = message.order;
        this.sortBasis = message.basis ?? PLAIN_BASIS;
        this.postOrder();
        break;
      case "select":
        this.selected = message.icao24;
        this.postTrail();
        break;
      case "trails": {
        const own = this.fleet.trails;
        const of = (row: number, most: number) => {
          const earlier = this.earlier.get(this.fleet.rows.icao24[row] as number);
          return earlier === undefined ? own.of(row, most) : joinedTrail(earlier, own.of(row, most), most);
        };
        const trails = trailPoints(this.fleet.rows, { of }, message.area, message.mostPoints);
        this.post({ type: "trails", trails }, [trails.points.buffer]);
        break;
      }
      case "earlierTrails":
        this.earlier = message.trails;
        break;
      case "token":
        this.token = message.token;
        this.socket?.showToken(message.token);
        break;
      case "hurry":
        this.socket?.hurry();
        break;
      case "hold":
        this.socket?.hold();
        this.report({
          phase: this.fleet.oldestTickMs === null ? "connecting" : "reconnecting",
          lost: { meaning: "not_allowed", reason: message.reason },
          retryAtMs: null,
          tokenEndsMs: null,
        });
        break;
    }
  }

  /** Once a second: counts, traffic, the table's order, and whether the picture is still fresh. */
  pulse(): void {
    const nowMs = this.surroundings.nowMs();
    const seconds = Math.max(0.001, (nowMs - this.pulseAtMs) / 1000);
    this.post(
      {
        type: "pulse",
        statistics: countRows(this.fleet.rows, this.filters),
        messagesPerSecond: this.traffic.messages / seconds,
        bytesPerSecond: this.traffic.bytes / seconds,
        updatesPerSecond: this.traffic.updates / seconds,
        latency: this.fleet.latency.take(),
        refusedFrames: this.refusedFrames,
        resyncs: this.resyncs,
      },
      [],
    );
    this.traffic = { messages: 0, bytes: 0, updates: 0 };
    this.pulseAtMs = nowMs;
    this.postOrder();
    this.report({});
  }

  private open(url: string): void {
    this.socket?.close();
    const withCursor = () => {
      const target = new URL(url);
      if (this.fleet.cursor !== "") target.searchParams.set("since", this.fleet.cursor);
      return target.href;
    };
    const events = {
      opening: (attempt: number) => this.report({ attempt, retryAtMs: null }),
      // With old positions on the map it is live only after a frame.
      opened: () =>
        this.report({
          ...(this.fleet.oldestTickMs === null ? { phase: "loading" } : {}),
          staleShards: [],
          staleSinceMs: null,
        }),
      text: (text: string) => this.takeText(text),
      binary: (message: ArrayBuffer) => this.enqueue(message),
      lost: (meaning: CloseMeaning, reason: string, retryMs: number) =>
        this.report({
          phase: this.fleet.oldestTickMs === null ? "connecting" : "reconnecting",
          lost: { meaning, reason },
          retryAtMs: this.surroundings.nowMs() + retryMs,
        }),
    };
    this.socket = new GatewaySocket(withCursor, events, this.surroundings);
    this.socket.showToken(this.token);
    this.socket.open();
  }

  private takeText(text: string): void {
    this.traffic.messages++;
    this.traffic.bytes += text.length;
    const message = parseGatewayMessage(text);
    if (message === null || message.type === "exact" || message.type === "tiles") return;
    if (message.type === "session") {
      this.report({ tokenEndsMs: message.expiresMs });
      return;
    }
    this.observeClock(message.serverTimeMs, this.surroundings.nowMs());
    if (message.type === "state") {
      this.report({
        viewers: message.viewers,
        staleShards: message.staleShards,
        staleSinceMs: message.staleSinceMs,
      });
      return;
    }
    this.lastFrameAtMs = this.surroundings.nowMs();
    if (message.shards !== null) this.fleet.keepOnly(message.shards);
    this.report({
      tracker: message.tracker,
      tickIntervalMs: message.tickIntervalMs,
      shardCount: message.shards?.length ?? null,
      tokenEndsMs: message.expiresMs,
    });
  }

  private enqueue(message: ArrayBuffer): Promise<void> {
    this.hasFrames = true;
    this.traffic.messages++;
    this.traffic.bytes += message.byteLength;
    if (this.waitingCount >= MOST_WAITING) {
      this.askForKeyFrames();
      return this.waiting;
    }
    const arrivedMs = this.surroundings.nowMs();
    this.waitingCount++;
    this.waiting = this.waiting
      .then(() => this.takeBinary(new Uint8Array(message), arrivedMs))
      .catch((error: unknown) => this.refuse(error))
      .finally(() => {
        this.waitingCount--;
      });
    return this.waiting;
  }

  private async takeBinary(message: Uint8Array<ArrayBuffer>, arrivedMs: number): Promise<void> {
    const decodeTimes: DecodeTime[] = [];
    try {
      for (const frame of splitFrames(message)) {
        this.observeClock(frame.header.tickMs, arrivedMs);
        const time = await this.takeFrame(frame);
        if (time !== null) decodeTimes.push(time);
      }
    } finally {
      this.postRows(decodeTimes);
    }
    this.lastFrameAtMs = arrivedMs;
    const isComplete = this.fleet.oldestTickMs !== null;
    // Send the counts first: the previous ones say that there are no aircraft.
    if (isComplete && this.connection.pictureTimeMs === null) this.pulse();
    this.report(isComplete ? { phase: "live", lost: null } : {});
  }

  private async takeFrame(frame: Frame): Promise<DecodeTime | null> {
    const { header } = frame;
    const order = this.fleet.orderOf(header);
    if (order === "gap") this.askForKeyFrames();
    if (order !== "next") return null;
    const arrived = performance.now();
    const payload = await inflatePayload(frame);
    const inflated = markMoment(`${header.kind} inflated`);
    const content = decodePayload(header, payload);
    this.fleet.apply(header, content);
    const decoded = markMoment(`${header.kind} decoded`);
    this.fleet.place(header, this.serverNowMs());
    return {
      kind: header.kind,
      aircraft: content.additions.slots.length + content.updates.slots.length,
      inflatingMilliseconds: inflated - arrived,
      milliseconds: decoded - inflated,
      placingMilliseconds: markMoment(`${header.kind} placed`) - decoded,
    };
  }

  private refuse(error: unknown): void {
    this.refusedFrames++;
    if (error instanceof FrameError && error.reason === "version") {
      this.socket?.close();
      this.report({ phase: "outdated", retryAtMs: null });
      return;
    }
    console.warn("A frame was refused:", error);
    this.askForKeyFrames();
  }

  private askForKeyFrames(): void {
    const nowMs = this.surroundings.nowMs();
    if (nowMs - this.resyncAtMs < RESYNC_MS) return;
    this.resyncAtMs = nowMs;
    this.resyncs++;
    this.socket?.send({ type: "resync" });
  }

  private postRows(decodeTimes: readonly DecodeTime[]): void {
    if (this.fleet.names.names.length !== this.testedNames) this.showFiltered();
    const update = this.fleet.takeUpdate();
    if (update === null) return;
    this.traffic.updates += update.rows.length;
    this.post({ type: "rows", update, decodeTimes }, buffersOf(update));
    if (this.selected !== null) this.postTrail();
  }

  private showFiltered(): void {
    this.testedNames = this.fleet.names.names.length;
    const shown = this.fleet.show(rowTest(this.filters, this.fleet.rows));
    this.post({ type: "shown", shown }, [shown.buffer]);
  }

  private postOrder(): void {
    if (this.sort === null) return;
    const rows = sortedRows(this.fleet.rows, this.sort, this.sortBasis);
    this.post({ type: "order", order: this.sort, rows }, [rows.buffer]);
  }

  private postTrail(): void {
    if (this.selected === null) return;
    const row = this.fleet.rowOf(this.selected);
    const trail = row === undefined ? new Float64Array(0) : this.fleet.trails.of(row);
    this.post({ type: "trail", icao24: this.selected, trail }, [trail.buffer]);
  }

  private serverNowMs(): number {
    return this.surroundings.nowMs() + this.clock.offsetMs;
  }

  private observeClock(serverTimeMs: number, arrivedMs: number): void {
    if (!Number.isFinite(serverTimeMs)) return;
    const before = this.clock.offsetMs;
    this.clock.observe(serverTimeMs, arrivedMs);
    if (this.clock.offsetMs !== before) this.post({ type: "clock", offsetMs: this.clock.offsetMs }, []);
  }

  /** Change the connection's state, and tell the page when anything of it is different. */
  private report(change: Partial<Connection>): void {
    const merged = { ...this.connection, ...change };
    const silentMs = this.surroundings.nowMs() - this.lastFrameAtMs;
    const isStale =
      merged.phase === "live" && (silentMs > STALE_TICKS * merged.tickIntervalMs || merged.staleShards.length > 0);
    const next: Connection = { ...merged, isStale, pictureTimeMs: this.fleet.oldestTickMs };
    const isSame = JSON.stringify(next) === JSON.stringify(this.connection);
    this.connection = next;
    if (!isSame) this.post({ type: "connection", connection: next }, []);
  }
}
