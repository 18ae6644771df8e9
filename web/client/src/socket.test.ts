// The life of a connection, with a socket, a clock and timers of the test.
import { beforeEach, describe, expect, test } from "vitest";
import { delayMs, meaningOf } from "./backoff.ts";
import { parseGatewayMessage } from "./gatewayMessages.ts";
import { GatewaySocket, SILENCE_MS } from "./socket.ts";

class TestSocket {
  static all: TestSocket[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  readyState = 1;
  isClosed = false;
  readonly sent: string[] = [];

  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {
    TestSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.isClosed = true;
  }
}

let nowMs = 0;
let timers: { atMs: number; action: () => void }[] = [];
let log: string[] = [];
let cursor = "";
let socket: GatewaySocket;

function pass(milliseconds: number): void {
  const untilMs = nowMs + milliseconds;
  for (;;) {
    const next = timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
    if (next === undefined) break;
    timers = timers.filter((timer) => timer !== next);
    nowMs = next.atMs;
    next.action();
  }
  nowMs = untilMs;
}

const last = () => TestSocket.all.at(-1) as TestSocket;

beforeEach(() => {
  TestSocket.all = [];
  timers = [];
  log = [];
  nowMs = 0;
  cursor = "";
  socket = new GatewaySocket(
    () => `ws://gateway/ws${cursor}`,
    {
      opening: (attempt) => log.push(`opening ${attempt}`),
      opened: () => log.push("opened"),
      text: (text) => log.push(text),
      binary: async () => {
        log.push("binary");
      },
      lost: (meaning, reason) => log.push(`lost ${meaning} ${reason}`.trim()),
    },
    {
      createSocket: (url, protocols) => new TestSocket(url, protocols) as unknown as WebSocket,
      after: (milliseconds, action) => {
        const timer = { atMs: nowMs + milliseconds, action };
        timers.push(timer);
        return () => {
          timers = timers.filter((other) => other !== timer);
        };
      },
      random: () => 1,
      nowMs: () => nowMs,
    },
  );
});

describe("the gateway's socket", () => {
  test("uses flights.v1 and passes messages on", () => {
    socket.open();
    last().onopen?.();
    last().onmessage?.({ data: "hello" });
    last().onmessage?.({ data: new ArrayBuffer(1) });
    socket.send({ type: "resync" });
    expect(last().protocols).toEqual(["flights.v1"]);
    expect(last().sent).toEqual(['{"type":"resync"}']);
    expect(log).toEqual(["opening 1", "opened", "hello", "binary"]);
  });

  test("reconnects with the current cursor, and waits longer each time", () => {
    socket.open();
    const opened: number[] = [];
    for (let i = 0; i < 9; i++) {
      cursor = `?since=0.1.${i}`;
      last().onclose?.({ code: 1006, reason: "" });
      const lostMs = nowMs;
      const count = TestSocket.all.length;
      while (TestSocket.all.length === count) pass(100);
      opened.push(nowMs - lostMs);
      expect(last().url).toBe(`ws://gateway/ws?since=0.1.${i}`);
    }
    expect(opened.slice(0, 4)).toEqual([600, 1_100, 2_100, 4_100]);
    expect(opened.at(-1)).toBe(30_100);
  });

  test("a connection that lasted resets the waiting time", () => {
    socket.open();
    for (let i = 0; i < 5; i++) {
      last().onclose?.({ code: 1006, reason: "" });
      pass(40_000);
    }
    last().onopen?.();
    pass(10_000);
    last().onclose?.({ code: 1006, reason: "" });
    const count = TestSocket.all.length;
    pass(600);
    expect(TestSocket.all.length).toBe(count + 1);
  });

  test("silence means a dead connection", () => {
    socket.open();
    last().onopen?.();
    pass(SILENCE_MS - 1);
    last().onmessage?.({ data: "still here" });
    pass(SILENCE_MS - 1);
    expect(last().isClosed).toBe(false);
    pass(1);
    expect(TestSocket.all[0]?.isClosed).toBe(true);
    expect(log.at(-1)).toBe("lost lost the gateway fell silent");
  });

  test("an attempt without an answer ends", () => {
    socket.open();
    pass(10_000);
    expect(TestSocket.all[0]?.isClosed).toBe(true);
    pass(1_000);
    expect(TestSocket.all.length).toBe(2);
  });

  test("hurry ends the wait", () => {
    socket.open();
    last().onclose?.({ code: 4400, reason: "no" });
    socket.hurry();
    expect(TestSocket.all.length).toBe(2);
    socket.hurry();
    expect(TestSocket.all.length).toBe(2);
  });

  test("hurry works after a long connection, while attempts are on hold, and never after close", () => {
    socket.open();
    last().onopen?.();
    pass(SILENCE_MS / 2);
    last().onclose?.({ code: 4401, reason: "the token has expired" });
    socket.hurry();
    expect(TestSocket.all.length).toBe(2);
    socket.hold();
    pass(3_600_000);
    expect(TestSocket.all.length).toBe(2);
    socket.showToken("newer");
    expect(TestSocket.all.length).toBe(3);
    socket.close();
    socket.hurry();
    expect(TestSocket.all.length).toBe(3);
  });

  test("a token is offered with the encoding, and a newer one renews the connection", () => {
    socket.showToken("first");
    socket.open();
    expect(last().protocols).toEqual(["flights.v1", "bearer.first"]);
    expect(last().url).not.toContain("first");
    last().onopen?.();
    socket.showToken("second");
    socket.showToken("second");
    expect(last().sent).toEqual(['{"type":"token","token":"second"}']);
    last().onclose?.({ code: 4401, reason: "the token has expired" });
    expect(log.at(-1)).toBe("lost not_allowed the token has expired");
    socket.showToken("third");
    expect(last().protocols).toEqual(["flights.v1", "bearer.third"]);
    expect(TestSocket.all.length).toBe(2);
  });

  test("after close nothing happens any more", () => {
    socket.open();
    last().onclose?.({ code: 1006, reason: "" });
    socket.close();
    pass(100_000);
    expect(TestSocket.all.length).toBe(1);
  });
});

describe("close codes", () => {
  test.each([
    [1012, "restarting"],
    [4408, "too_far_behind"],
    [4400, "refused"],
    [4429, "refused"],
    [1009, "refused"],
    [4401, "not_allowed"],
    [1006, "lost"],
  ])("%d means %s", (code, meaning) => expect(meaningOf(code)).toBe(meaning));

  test("after a rejection the next attempt is slow", () => {
    expect(delayMs(1, "refused", 0)).toBeGreaterThanOrEqual(60_000);
    expect(delayMs(1, "restarting", 1)).toBeLessThanOrEqual(2_100);
  });
});

describe("messages of the gateway", () => {
  test("welcome, with the number of shards", () => {
    const text = '{"type":"welcome","session":"a","tracker":"t","tick_interval_ms":500,"shards":3,"server_time_ms":17}';
    expect(parseGatewayMessage(text)).toMatchObject({
      tracker: "t",
      tickIntervalMs: 500,
      shards: [0, 1, 2],
      serverTimeMs: 17,
    });
  });
  test("state", () => {
    const text = '{"type":"state","stale_shards":[1],"stale_since_ms":5,"viewers":2,"server_time_ms":17}';
    const state = { type: "state", staleShards: [1], staleSinceMs: 5, viewers: 2, serverTimeMs: 17 };
    expect(parseGatewayMessage(text)).toEqual(state);
    const fresh = '{"type":"state","stale_shards":[],"stale_since_ms":null,"viewers":2,"server_time_ms":17}';
    expect(parseGatewayMessage(fresh)).toEqual({ ...state, staleShards: [], staleSinceMs: null });
  });
  test("session, with the expiry of the token", () => {
    const welcome = '{"type":"welcome","shards":1,"expires_ms":99,"server_time_ms":17}';
    expect(parseGatewayMessage(welcome)).toMatchObject({ expiresMs: 99 });
    expect(parseGatewayMessage('{"type":"session","expires_ms":null}')).toEqual({ type: "session", expiresMs: null });
  });
  test("unknown messages are ignored", () => {
    for (const text of ["", "[]", "null", "{", '{"type":"news"}']) expect(parseGatewayMessage(text)).toBeNull();
  });
});
