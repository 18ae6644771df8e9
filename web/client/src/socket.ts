// The connection to a gateway: opens it, monitors it, and reconnects after a loss.
//
// Guarantees: at most one socket at a time; after `close` none; a socket without a message for SILENCE_MS is
// closed, because a half-open connection reports no error. It knows nothing of frames. The worker owns one.
import { type CloseMeaning, delayMs, meaningOf } from "./backoff.ts";

export const SUBPROTOCOL = "flights.v1";
/** Browsers cannot set a header on a WebSocket: a token is offered as a second subprotocol, which is never repeated. */
const BEARER = "bearer.";
/** A gateway sends a frame each tick, so a longer silence means a dead connection. */
export const SILENCE_MS = 20_000;
const OPENING_MS = 10_000;
/** A connection that lasted this long resets the waiting time. */
const STEADY_MS = 5_000;

export interface SocketEvents {
  opening(attempt: number): void;
  opened(): void;
  text(message: string): void;
  /** Resolves when the message is applied. */
  binary(message: ArrayBuffer): Promise<void>;
  /** The connection is gone; the next attempt begins in `retryMs`. */
  lost(meaning: CloseMeaning, reason: string, retryMs: number): void;
}

/** The parts of the browser that the socket uses; tests pass their own. */
export interface SocketSurroundings {
  createSocket(url: string, protocols: string[]): WebSocket;
  after(milliseconds: number, action: () => void): () => void;
  random(): number;
  nowMs(): number;
}

export class GatewaySocket {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private isWanted = false;
  private openedAtMs: number | null = null;
  private token = "";
  private cancelTimer: () => void = () => {};

  /**
   * @param url returns the address, evaluated for each attempt, because the cursor changes.
   * @param subprotocol `flights.v1`, or `flights.v3` for the tiles of a view.
   */
  constructor(
    private readonly url: () => string,
    private readonly events: SocketEvents,
    private readonly surroundings: SocketSurroundings,
    private readonly subprotocol = SUBPROTOCOL,
  ) {}

  open(): void {
    this.close();
    this.isWanted = true;
    this.attempt++;
    this.events.opening(this.attempt);
    const socket = this.surroundings.createSocket(this.url(), this.subprotocols());
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.giveUpAfter(OPENING_MS, "the gateway did not answer");
    socket.onopen = () => {
      this.openedAtMs = this.surroundings.nowMs();
      this.giveUpAfter(SILENCE_MS, "the gateway fell silent");
      this.events.opened();
    };
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      this.giveUpAfter(SILENCE_MS, "the gateway fell silent");
      return typeof data === "string" ? this.events.text(data) : this.events.binary(data);
    };
    socket.onclose = ({ code, reason }) => this.retry(meaningOf(code), reason);
  }

  /** Connect now instead of after the waiting time, for example because the network is back. */
  hurry(): void {
    if (this.socket === null && this.isWanted) this.open();
  }

  /** Use a token for this and every later connection; one that is open is renewed, one that waits is tried at once. */
  showToken(token: string): void {
    if (token === this.token) return;
    this.token = token;
    if (token !== "") this.send({ type: "token", token });
    this.hurry();
  }

  send(message: object): void {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(message));
  }

  /** Make no attempt until `hurry` or another token. */
  hold(): void {
    this.cancelTimer();
    this.drop();
  }

  /** Close; `open` starts again. */
  close(): void {
    this.hold();
    this.isWanted = false;
  }

  private subprotocols(): string[] {
    return this.token === "" ? [this.subprotocol] : [this.subprotocol, BEARER + this.token];
  }

  private giveUpAfter(milliseconds: number, reason: string): void {
    this.cancelTimer();
    this.cancelTimer = this.surroundings.after(milliseconds, () => this.retry("lost", reason));
  }

  private retry(meaning: CloseMeaning, reason: string): void {
    this.cancelTimer();
    const livedMs = this.openedAtMs === null ? 0 : this.surroundings.nowMs() - this.openedAtMs;
    if (livedMs >= STEADY_MS) this.attempt = 0;
    this.drop();
    const waitMs = delayMs(Math.max(1, this.attempt), meaning, this.surroundings.random());
    this.cancelTimer = this.surroundings.after(waitMs, () => this.open());
    this.events.lost(meaning, reason, waitMs);
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    this.openedAtMs = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
