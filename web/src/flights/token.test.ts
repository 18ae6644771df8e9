// Who may tell the page a token, and which gateway gets to see it.
import { beforeEach, expect, test } from "vitest";
import { TOKEN_KEY, watchToken } from "./token";

let listeners: ((event: MessageEvent) => void)[] = [];
let stored: Record<string, string> = {};
let told: string[] = [];
const page = {
  location: { origin: "https://map.example" },
  sessionStorage: {
    getItem: (key: string) => stored[key] ?? null,
    setItem: (key: string, value: string) => {
      stored[key] = value;
    },
  },
  addEventListener: (_: string, listener: (event: MessageEvent) => void) => void listeners.push(listener),
  removeEventListener: (_: string, listener: (event: MessageEvent) => void) => {
    listeners = listeners.filter((other) => other !== listener);
  },
};
const say = (origin: string, data: unknown) => {
  for (const listener of listeners) listener({ origin, data } as MessageEvent);
};

beforeEach(() => {
  listeners = [];
  stored = {};
  told = [];
});

test("the stored token is told, and each newer one, which is stored", () => {
  stored[TOKEN_KEY] = "first";
  const end = watchToken("wss://map.example/ws", page, (token) => told.push(token));
  say("https://map.example", { type: TOKEN_KEY, token: "second" });
  expect(told).toEqual(["first", "second"]);
  expect(stored[TOKEN_KEY]).toBe("second");
  end();
  say("https://map.example", { type: TOKEN_KEY, token: "third" });
  expect(told).toEqual(["first", "second"]);
});

test("other origins and other messages are not listened to", () => {
  watchToken("wss://map.example/ws", page, (token) => told.push(token));
  say("https://elsewhere.example", { type: TOKEN_KEY, token: "foreign" });
  for (const data of [null, "text", { type: "other", token: "a" }, { type: TOKEN_KEY, token: 3 }]) {
    say("https://map.example", data);
  }
  expect(told).toEqual([]);
});

test("a gateway of another origin never sees the token", () => {
  stored[TOKEN_KEY] = "secret";
  for (const url of ["wss://elsewhere.example/ws", "ws://map.example/ws", "wss://map.example:8443/ws"]) {
    watchToken(url, page, (token) => told.push(token));
  }
  say("https://map.example", { type: TOKEN_KEY, token: "another" });
  expect(told).toEqual([]);
});
