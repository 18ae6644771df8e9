// `connect`: follows a tracker, and keeps the picture of its aircraft while the program does something else.
//
// Frames are applied as they come. A program that asks for updates seldom gets fewer and larger ones, so nothing is
// queued; at most MOST_WAITING messages wait to be inflated. A lost connection is opened again, and continues where it was.
import { gatewayAddresses } from "./address.ts";
import type { CloseMeaning } from "./backoff.ts";
import { ClientError } from "./clientError.ts";
import { localTimeMs, ServerClock } from "./clock.ts";
import { explainFailure } from "./explain.ts";
import type { Flight } from "./flight.ts";
import { decodePayload } from "./frame.ts";
import { FrameError } from "./frameError.ts";
import { splitFrames } from "./frameHeader.ts";
import { parseGatewayMessage } from "./gatewayMessages.ts";
import { inflatePayload } from "./inflate.ts";
import { type Box, type Gap, Picture } from "./picture.ts";
import { GatewaySocket } from "./socket.ts";

const RESYNC_MS = 5_000;
/** Most messages in the queue. With more, this computer cannot keep up, and a key frame is cheaper. */
const MOST_WAITING = 30;
/** A token is renewed after this part of the time that is left to it. */
const RENEW_AT = 0.8;
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** Longer timers end at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export type TokenSource = () => string | Promise<string>;

export interface Options {
  /** A JWT, or a function that returns one; it is called again when the token expires. */
  readonly token?: string | TokenSource;
  /** Only aircraft in this part of the world. The gateway sends all; the client drops the others. */
  readonly box?: Box;
  /** Node.js 20 has no WebSocket: pass that of the package `ws`. */
  readonly webSocket?: new (
    url: string,
    protocols: string[],
  ) => WebSocket;
}

/** What changed since the last update. */
export interface Update {
  /** The moment that the picture shows, by the gateway's clock; it stands still while nothing arrives. */
  readonly timeMs: number | null;
  /** Aircraft that are new, or have a new position. */
  readonly changed: readonly Flight[];
  /** ICAO addresses of aircraft that have left the picture or the box. */
  readonly removed: readonly string[];
  /** Ticks that were missed; null when there are none. */
  readonly gap: Gap | null;
  /** Why there is no connection now; empty while there is one. */
  readonly lost: string;
  /** The oldest thing that the gateway still shows, when a part of the tracker has stopped; null otherwise. */
  readonly staleSinceMs: number | null;
}

/**
 * Connect to the gateway whose page is at a URL, and return when it has answered.
 *
 * @throws ClientError: its `kind` says whether the URL, the token, the version or the network is the reason.
 */
export async function connect(url: string, options: Options = {}): Promise<Client> {
  const client = new Client(url, options);
  await client.opened();
  return client;
}

/** A tracker that is followed until `close`; made by `connect`. */
export class Client implements AsyncIterableIterator<Update> {
  /** The name of the tracker. */
  tracker = "";
  /** Why there is no connection now; empty while there is one. */
  lost = "";
  /** Damaged frames; each is replaced by key frames. */
  refusedFrames = 0;
  private readonly addresses: ReturnType<typeof gatewayAddresses>;
  private readonly picture: Picture;
  private readonly socket: GatewaySocket;
  private readonly clock = new ServerClock();
  private token = "";
  private staleSinceMs: number | null = null;
  private hasNews = false;
  private isClosed = false;
  private isWelcome = false;
  private failure: unknown = null;
  private waiting = Promise.resolve();
  private waitingCount = 0;
  private resyncAtMs = Number.NEGATIVE_INFINITY;
  private renewal: ReturnType<typeof setTimeout> | undefined;
  private nextNews: Promise<void> | null = null;
  private wake: () => void = () => {};

  /** Prefer `connect`. */
  constructor(
    url: string,
    private readonly options: Options,
  ) {
    this.addresses = gatewayAddresses(url);
    this.picture = new Picture(options.box ?? null);
    const WebSocketClass = options.webSocket ?? globalThis.WebSocket;
    if (WebSocketClass === undefined) {
      const text =
        "this program has no WebSocket: use Node.js 22 or newer, or pass that of the package ws as webSocket";
      throw new ClientError("unsupported", text);
    }
    if (globalThis.DecompressionStream === undefined) {
      throw new ClientError(
        "unsupported",
        "this program has no DecompressionStream: use Node.js 20.12 or a newer browser",
      );
    }
    const events = {
      opening: () => {},
      opened: () => {},
      text: (text: string) => this.takeText(text),
      binary: (message: ArrayBuffer) => this.enqueue(message),
      lost: (meaning: CloseMeaning, reason: string) => {
        this.lose(meaning, reason).catch((error: unknown) => this.fail(error));
      },
    };
    const surroundings = {
      createSocket: (address: string, protocols: string[]) => closing(new WebSocketClass(address, protocols)),
      after: (milliseconds: number, action: () => void) => {
        const timer = setTimeout(action, milliseconds);
        return () => clearTimeout(timer);
      },
      random: Math.random,
      nowMs: localTimeMs,
    };
    this.socket = new GatewaySocket(() => this.target(), events, surroundings);
  }

  /** The present picture by ICAO address, six lower-case hexadecimal digits. */
  get flights(): ReadonlyMap<string, Flight> {
    return this.picture.flights;
  }

  /** The moment that the picture shows, milliseconds since 1970; null before the first frame. */
  get timeMs(): number | null {
    return this.picture.timeMs;
  }

  /** Whether every part of the tracker has sent its aircraft. */
  get isComplete(): boolean {
    return this.picture.isComplete;
  }

  /** The gateway's time, milliseconds since 1970, however wrong the clock of this computer is. */
  get serverTimeMs(): number {
    return localTimeMs() + this.clock.offsetMs;
  }

  /** Called by `connect`: open the first connection. */
  async opened(): Promise<void> {
    await this.renewToken();
    this.socket.open();
    while (!this.isWelcome && this.failure === null) await this.news();
    if (this.failure !== null) throw this.failure;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next update; done after `close`. Throws a `ClientError` when connecting again cannot help. */
  async next(): Promise<IteratorResult<Update, undefined>> {
    while (!this.hasNews && !this.picture.hasChanges) {
      if (this.failure !== null) throw this.failure;
      if (this.isClosed) return { done: true, value: undefined };
      await this.news();
    }
    this.hasNews = false;
    const { lost, staleSinceMs, timeMs } = this;
    return { done: false, value: { timeMs, ...this.picture.take(), lost, staleSinceMs } };
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.renewal);
    this.socket.close();
    this.wake();
  }

  private news(): Promise<void> {
    this.nextNews ??= new Promise((resolve) => {
      this.wake = () => {
        this.nextNews = null;
        resolve();
      };
    });
    return this.nextNews;
  }

  private target(): string {
    const target = new URL(this.addresses.socket);
    if (this.picture.cursor !== "") target.searchParams.set("since", this.picture.cursor);
    return target.href;
  }

  private takeText(text: string): void {
    const message = parseGatewayMessage(text);
    if (message === null || message.type === "exact" || message.type === "tiles") return;
    if (message.type === "session") {
      this.planRenewal(message.expiresMs);
      return;
    }
    if (Number.isFinite(message.serverTimeMs)) this.clock.observe(message.serverTimeMs, localTimeMs());
    if (message.type === "state") {
      this.hasNews ||= message.staleSinceMs !== this.staleSinceMs;
      this.staleSinceMs = message.staleSinceMs;
    } else {
      this.tracker = message.tracker;
      this.lost = "";
      this.isWelcome = true;
      if (message.shards !== null) this.picture.keepOnly(message.shards);
      this.planRenewal(message.expiresMs);
    }
    this.wake();
  }

  private enqueue(message: ArrayBuffer): Promise<void> {
    if (this.waitingCount >= MOST_WAITING) {
      this.askForKeyFrames();
      return this.waiting;
    }
    this.waitingCount++;
    this.waiting = this.waiting
      .then(() => this.takeFrames(new Uint8Array(message)))
      .catch((error: unknown) => this.refuse(error))
      .finally(() => {
        this.waitingCount--;
        if (this.picture.hasChanges) this.wake();
      });
    return this.waiting;
  }

  private async takeFrames(message: Uint8Array<ArrayBuffer>): Promise<void> {
    for (const frame of splitFrames(message)) {
      const { header } = frame;
      const order = this.picture.orderOf(header);
      if (order === "gap") this.askForKeyFrames();
      if (order === "next") this.picture.apply(header, decodePayload(header, await inflatePayload(frame)));
    }
  }

  private refuse(error: unknown): void {
    if (!(error instanceof FrameError)) {
      this.fail(error);
      return;
    }
    if (error.reason === "version") {
      this.fail(new ClientError("version", `${error.message}: update @flighttracker/client`));
      return;
    }
    this.refusedFrames++;
    this.askForKeyFrames();
  }

  private askForKeyFrames(): void {
    const nowMs = localTimeMs();
    if (nowMs - this.resyncAtMs < RESYNC_MS) return;
    this.resyncAtMs = nowMs;
    this.socket.send({ type: "resync" });
  }

  private async lose(meaning: CloseMeaning, reason: string): Promise<void> {
    const isFirst = !this.isWelcome;
    const wasConnected = this.lost === "" && !isFirst;
    this.lost = reason || "the connection was lost";
    this.hasNews ||= wasConnected;
    this.wake();
    if (meaning === "refused") {
      this.fail(new ClientError("rejected", `the gateway ended the connection: ${this.lost}`));
    } else if (meaning === "not_allowed") {
      await this.replaceToken(new ClientError("token", `the gateway ended the connection: ${this.lost}`));
    } else if (!wasConnected) {
      const error = await explainFailure(this.addresses.config, this.token);
      if (isFirst && !this.isWelcome) this.fail(error);
      else if (error.kind === "token") await this.replaceToken(error);
    }
  }

  /** Ask for another token; without a function that has one, end with the error. */
  private async replaceToken(error: ClientError): Promise<void> {
    const rejected = this.token;
    if (typeof this.options.token === "function") await this.renewToken();
    if (this.token === rejected) this.fail(error);
  }

  private async renewToken(): Promise<void> {
    const { token } = this.options;
    const renewed = typeof token === "function" ? await token() : (token ?? "");
    if (this.isClosed) return;
    if (renewed !== "" && !JWT.test(renewed)) throw new ClientError("token", "the token is not a JWT");
    this.token = renewed;
    this.socket.showToken(renewed);
  }

  private planRenewal(expiresMs: number | null): void {
    clearTimeout(this.renewal);
    if (expiresMs === null || typeof this.options.token !== "function") return;
    const waitMs = Math.min(LONGEST_TIMER_MS, Math.max(0, RENEW_AT * (expiresMs - this.serverTimeMs)));
    this.renewal = setTimeout(() => {
      this.renewToken().catch((error: unknown) => this.fail(error));
    }, waitMs);
  }

  private fail(error: unknown): void {
    this.failure ??= error;
    this.close();
  }
}

/** Node.js 20 reports a rejected handshake as an error that no close follows. */
function closing(socket: WebSocket): WebSocket {
  socket.addEventListener("error", () => {
    setTimeout(() => socket.onclose?.({ code: 1006, reason: "" } as CloseEvent));
  });
  return socket;
}
