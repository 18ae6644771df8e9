// The worker's session: keeps a connection, applies its messages to the fleet, and informs the page.
//
// Guarantees: messages are applied in the order in which they came, although inflating is asynchronous; a part that is
// missing or damaged leads to a request for key parts, at most every RESYNC_MS; the page never shows half a message.
// worker.ts passes the worker's socket, timers and clock; tests pass their own.
import {
  type CloseMeaning,
  decodeTileMessages,
  FrameError,
  GatewaySocket,
  parseGatewayMessage,
  type SocketSurroundings,
  type TileMessage,
  type Welcome,
} from "@flighttracker/client";
import { ConnectionReport } from "./connectionReport";
import { hasNameFilters } from "./filters";
import { Fleet } from "./fleet";
import { markMoment } from "./markMoment";
import type { NameRequests, NamesAnswer, NamesQuestion } from "./names";
import { type LaterParts, type Post, RowPosts } from "./rowPosts";
import { ServerTime } from "./serverTime";
import { TileRequests } from "./tileRequests";
import type { Connection, DecodeTime, ToWorker } from "./workerMessages";

const SUBPROTOCOL = "flights.v3";
const RESYNC_MS = 5_000;
/** Most messages in the queue. With more, this computer cannot keep up, and key parts are cheaper. */
const MOST_WAITING = 30;
/** From this zoom on, what a map shows of an aircraft depends on its names. */
const NAMES_FROM_ZOOM = 6;
/** With at most so many aircraft, the names of all are wanted. */
const FEW_AIRCRAFT = 500;

export type LoadNames = (gatewayUrl: string, token: string, question: NamesQuestion) => Promise<NamesAnswer>;

export class FlightSession {
  private readonly fleet = new Fleet();
  private readonly time: ServerTime;
  private readonly rows: RowPosts;
  private readonly requests: TileRequests;
  private readonly connection: ConnectionReport;
  private socket: GatewaySocket | null = null;
  private url = "";
  private token = "";
  /** Null until the first picture is drawn. */
  private names: NameRequests | null = null;
  private later: Promise<LaterParts | null> | null = null;
  private wantsLater = false;
  private areNamesNeeded = false;
  private waiting = Promise.resolve();
  private waitingCount = 0;
  private resyncAtMs = Number.NEGATIVE_INFINITY;
  private traffic = { messages: 0, bytes: 0 };
  private pulseAtMs = 0;
  private refusedFrames = 0;
  private resyncs = 0;

  constructor(
    private readonly post: Post,
    private readonly surroundings: SocketSurroundings,
    private readonly loadNames: LoadNames,
  ) {
    this.time = new ServerTime(surroundings.nowMs, (offsetMs) => post({ type: "clock", offsetMs }, []));
    this.rows = new RowPosts(this.fleet, post, surroundings);
    this.requests = new TileRequests(this.fleet, surroundings, {
      serverNowMs: this.time.nowMs,
      send: (message) => this.socket?.send(message),
      followed: () => this.rows.postRows([]),
    });
    this.connection = new ConnectionReport(
      surroundings.nowMs,
      () => this.fleet.tickMs,
      (connection) => post({ type: "connection", connection }, []),
    );
  }

  receive(message: ToWorker): void {
    switch (message.type) {
      case "open":
        this.open(message.url);
        break;
      case "filter":
        this.rows.filter(message.filters, () => this.pulse());
        break;
      case "view":
        this.requests.view = message.view;
        this.requests.ask();
        break;
      case "read":
        this.requests.read = message.icao24;
        this.requests.ask();
        break;
      case "names":
        this.areNamesNeeded = message.areNeeded;
        void this.loadLater();
        break;
      case "sort":
        void this.loadLater();
        this.rows.sortBy(message.order, message.basis);
        break;
      case "select":
        this.rows.selected = message.icao24;
        this.requests.selected = message.icao24;
        this.requests.ask();
        this.rows.postTrail();
        break;
      case "trails":
        void this.loadLater().then((parts) => {
          if (parts !== null) this.rows.postTrails(parts, message.area, message.mostPoints);
        });
        break;
      case "earlierTrails":
        this.rows.earlier = message.trails;
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
        this.connection.change({
          ...this.lost("not_allowed", message.reason, null),
          tokenEndsMs: null,
        });
        break;
    }
  }

  /** Once a second: what flies on, counts, traffic, the table's order, and whether the picture is still fresh. */
  pulse(): void {
    const nowMs = this.surroundings.nowMs();
    this.flyOn();
    const seconds = Math.max(0.001, (nowMs - this.pulseAtMs) / 1000);
    this.post(
      {
        type: "pulse",
        statistics: this.rows.counted(),
        messagesPerSecond: this.traffic.messages / seconds,
        bytesPerSecond: this.traffic.bytes / seconds,
        updatesPerSecond: this.rows.sentRows / seconds,
        latency: this.fleet.latency.take(),
        refusedFrames: this.refusedFrames,
        resyncs: this.resyncs,
        lacksNames: hasNameFilters(this.rows.filters) && this.names?.hasAll !== true,
      },
      [],
    );
    this.traffic = { messages: 0, bytes: 0 };
    this.rows.sentRows = 0;
    this.pulseAtMs = nowMs;
    this.rows.postOrder();
    this.connection.change({});
  }

  /** Move aircraft to where they are now, while the gateway says by its silence that they fly as predicted. */
  private flyOn(): void {
    if (this.connection.current.phase !== "live" || this.connection.isSilent) return;
    if (this.requests.areKeysLate()) this.askForKeys();
    this.requests.ask();
    this.fleet.refresh(this.time.nowMs());
    this.rows.postRows([]);
    if (this.wantsLater && this.later === null) void this.loadLater();
    this.askForNames();
  }

  private open(url: string): void {
    this.socket?.close();
    this.url = url;
    const events = {
      opening: (attempt: number) => {
        this.requests.end();
        this.connection.change({ attempt, retryAtMs: null });
      },
      // With old positions on the map it is live only after a message.
      opened: () =>
        this.connection.change({
          ...(this.fleet.tickMs === null ? { phase: "loading" } : {}),
          staleShards: [],
          staleSinceMs: null,
        }),
      text: (text: string) => this.takeText(text),
      binary: (message: ArrayBuffer) => this.enqueue(message),
      lost: (meaning: CloseMeaning, reason: string, retryMs: number) =>
        this.connection.change(this.lost(meaning, reason, this.surroundings.nowMs() + retryMs)),
    };
    this.socket = new GatewaySocket(() => url, events, this.surroundings, SUBPROTOCOL);
    this.socket.showToken(this.token);
    this.socket.open();
  }

  private lost(meaning: CloseMeaning, reason: string, retryAtMs: number | null): Partial<Connection> {
    const phase = this.fleet.tickMs === null ? "connecting" : "reconnecting";
    return { phase, lost: { meaning, reason }, retryAtMs };
  }

  private takeText(text: string): void {
    this.traffic.messages++;
    this.traffic.bytes += text.length;
    const message = parseGatewayMessage(text);
    if (message === null) return;
    const nowMs = this.surroundings.nowMs();
    this.connection.heardAtMs = nowMs;
    switch (message.type) {
      case "session":
        this.connection.change({ tokenEndsMs: message.expiresMs });
        break;
      case "exact":
        this.fleet.takeExact(this.rows.parts?.exactReports(message.flights) ?? [], this.time.nowMs());
        this.rows.postRows([]);
        break;
      case "tiles":
        this.requests.doWithoutTiles();
        this.rows.postRows([]);
        break;
      case "state":
        this.time.observe(message.serverTimeMs, nowMs);
        this.connection.takeState(message);
        break;
      case "welcome":
        this.begin(message, nowMs);
        break;
    }
  }

  private begin({ serverTimeMs, tracker, tickIntervalMs, shards, expiresMs }: Welcome, nowMs: number): void {
    this.time.observe(serverTimeMs, nowMs);
    this.connection.change({ tracker, tickIntervalMs, shardCount: shards?.length ?? null, tokenEndsMs: expiresMs });
    this.requests.begin();
  }

  /** Load what the first picture does not need; null if that fails, and the next pulse tries again. */
  private loadLater(): Promise<LaterParts | null> {
    this.wantsLater = true;
    this.later ??= import("./laterParts")
      .then((parts) => {
        this.rows.use(parts);
        this.fleet.knowTypes(parts.silhouetteOf);
        this.names = new parts.NameRequests(
          (question) => this.loadNames(this.url, this.token, question),
          (names) => {
            this.fleet.takeNames(names);
            this.rows.postRows([]);
          },
        );
        this.requests.areReportsReadable = true;
        this.requests.ask();
        this.askForNames();
        return parts;
      })
      .catch((error: unknown) => {
        console.warn("Names and the table's order did not load yet:", error);
        this.later = null;
        return null;
      });
    return this.later;
  }

  private askForNames(): void {
    const { names, fleet, requests } = this;
    if (names === null || fleet.tickMs === null) return;
    const nowMs = this.surroundings.nowMs();
    names.wantsAll =
      this.areNamesNeeded ||
      this.rows.sort !== null ||
      hasNameFilters(this.rows.filters) ||
      fleet.count <= FEW_AIRCRAFT;
    names.need(fleet.takeNewcomers(), nowMs);
    const areLegible = requests.view.zoom >= NAMES_FROM_ZOOM && !names.wantsAll;
    names.see([...requests.exact(), ...(areLegible ? fleet.addresses(requests.view, FEW_AIRCRAFT) : [])]);
    names.ask(nowMs);
  }

  private enqueue(message: ArrayBuffer): Promise<void> {
    this.traffic.messages++;
    this.traffic.bytes += message.byteLength;
    if (this.waitingCount >= MOST_WAITING) {
      this.askForKeys();
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

  private async takeBinary(bytes: Uint8Array<ArrayBuffer>, arrivedMs: number): Promise<void> {
    const began = performance.now();
    const messages = await decodeTileMessages(bytes);
    const decodeTimes: DecodeTime[] = [];
    try {
      for (const message of messages) {
        const kind = message.parts.some(({ isKey }) => isKey) ? "key" : "delta";
        const decoded = markMoment(`${kind} decoded`);
        const aircraft = this.take(message, arrivedMs);
        const placed = markMoment(`${kind} placed`);
        const times = { inflatingMilliseconds: decoded - began, milliseconds: placed - decoded };
        decodeTimes.push({ kind, aircraft, ...times });
      }
    } finally {
      this.rows.postRows(decodeTimes);
    }
    this.connection.heardAtMs = arrivedMs;
    if (this.fleet.tickMs !== null) {
      // Send the counts first: the previous ones say that there are no aircraft.
      if (this.connection.current.pictureTimeMs === null) this.pulse();
      this.connection.change({ phase: "live", lost: null });
    }
    this.askForNames();
  }

  /** Apply a message; how many aircraft it changed. */
  private take(message: TileMessage, arrivedMs: number): number {
    // At the earliest this was the server's time when it sent the message; the clock keeps what was least late.
    this.time.observe(message.header.tick * message.header.intervalMs, arrivedMs);
    const { isGap, isWorld, heard, entered, gone } = this.fleet.apply(message, this.time.nowMs());
    if (isGap) this.askForKeys();
    this.names?.forget(gone);
    this.names?.need(entered, arrivedMs);
    if (isWorld) this.names?.doubt();
    return heard.size;
  }

  private refuse(error: unknown): void {
    this.refusedFrames++;
    if (error instanceof FrameError && error.reason === "version") {
      this.socket?.close();
      this.connection.change({ phase: "outdated", retryAtMs: null });
      return;
    }
    console.warn("A message was refused:", error);
    this.askForKeys();
  }

  private askForKeys(): void {
    const nowMs = this.surroundings.nowMs();
    if (nowMs - this.resyncAtMs < RESYNC_MS) return;
    this.resyncAtMs = nowMs;
    this.resyncs++;
    this.socket?.send({ type: "resync" });
  }
}
