// A session at a gateway that tests play: its messages are the vectors, its time stands still.
import { readFileSync } from "node:fs";
import { vi } from "vitest";
import type { FlightNames, NamesQuestion } from "./names";
import { FlightSession } from "./session";
import type { Connection, FromWorker } from "./workerMessages";

const path = new URL("../../../schemas/flighttracker_schemas/tile_vectors.json", import.meta.url);
const vectors: { name: string; messages: string[] }[] = JSON.parse(readFileSync(path, "utf8")).vectors;
const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));
/** Messages of class 0: a key, and those of the next ticks. */
export const WORLD = vectors.find(({ name }) => name === "half a minute, class 0")?.messages.map(bytesOf) ?? [];
export const WELCOME = '{"type":"welcome","tracker":"sky","tick_interval_ms":1000,"shards":1,"server_time_ms":1000000}';

interface FakeSocket {
  url: string;
  protocols: string[];
  sent: string[];
  isClosed: boolean;
  onopen?: () => void;
  onmessage?: (event: { data: string | ArrayBuffer }) => void | Promise<void>;
  onclose?: (event: { code: number; reason: string }) => void;
}

export class TestSession {
  nowMs = 1_000_000;
  /** What the page was sent. */
  readonly posted: FromWorker[] = [];
  readonly sockets: FakeSocket[] = [];
  /** Which names were asked for, and those of the answer. */
  readonly asked: NamesQuestion[] = [];
  names: FlightNames[] = [];
  readonly session: FlightSession;
  private timers: { atMs: number; action: () => void }[] = [];

  /** Open, and welcomed by the gateway. */
  constructor() {
    const surroundings = {
      createSocket: (url: string, protocols: string[]) => this.createSocket(url, protocols),
      after: (milliseconds: number, action: () => void) => {
        const timer = { atMs: this.nowMs + milliseconds, action };
        this.timers.push(timer);
        return () => {
          this.timers = this.timers.filter((other) => other !== timer);
        };
      },
      random: () => 0,
      nowMs: () => this.nowMs,
    };
    const loadNames = async (_url: string, _token: string, question: NamesQuestion) => {
      this.asked.push(question);
      return { version: "v1", isWhole: question === "all", names: this.names };
    };
    this.session = new FlightSession((message) => this.posted.push(message), surroundings, loadNames);
    this.session.receive({ type: "open", url: "ws://gateway/ws" });
    this.socket().onopen?.();
    this.socket().onmessage?.({ data: WELCOME });
  }

  socket(): FakeSocket {
    return this.sockets.at(-1) as FakeSocket;
  }

  /** What the page was last told of the connection. */
  connection(): Connection | undefined {
    const message = this.posted.findLast(({ type }) => type === "connection");
    return message?.type === "connection" ? message.connection : undefined;
  }

  posts(type: FromWorker["type"]): FromWorker[] {
    return this.posted.filter((message) => message.type === type);
  }

  async deliver(message: Uint8Array): Promise<void> {
    await this.socket().onmessage?.({ data: message.slice().buffer as ArrayBuffer });
  }

  /** Let time pass, with the timers that end in it. */
  wait(milliseconds: number): void {
    this.nowMs += milliseconds;
    const due = this.timers.filter(({ atMs }) => atMs <= this.nowMs);
    this.timers = this.timers.filter(({ atMs }) => atMs > this.nowMs);
    for (const { action } of due) action();
  }

  /** The page has drawn its first picture. */
  async loadLater(): Promise<void> {
    this.session.receive({ type: "names", areNeeded: false });
    await vi.dynamicImportSettled();
  }

  /** The tiles and exact aircraft that the gateway was asked for, one after the other. */
  tilesAsked(): { type: string; class: number; tiles: number[]; exact: string[] }[] {
    return this.socket()
      .sent.map((text) => JSON.parse(text))
      .filter(({ type }) => type === "tiles");
  }

  /** How often key parts were asked for. */
  resyncs(): number {
    return this.socket().sent.filter((text) => text === '{"type":"resync"}').length;
  }

  private createSocket(url: string, protocols: string[]): WebSocket {
    const created = { url, protocols, sent: [] as string[], isClosed: false, readyState: 1 };
    const socket = Object.assign(created, {
      send: (text: string) => created.sent.push(text),
      close: () => {
        created.isClosed = true;
      },
    });
    this.sockets.push(socket);
    return socket as unknown as WebSocket;
  }
}

/** The message of so many ticks after `message` in which there is no news: it says that all fly as predicted. */
export function withoutParts(message: Uint8Array, ticks: number): Uint8Array {
  const bytes = message.slice(0, 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(6, view.getUint32(6, true) + ticks, true);
  bytes[11] = 0;
  return bytes;
}
