// Who may give the page a token, and which gateway receives it.
import { beforeEach, expect, test, vi } from "vitest";
import { TOKEN_KEY, TokenKeeper, tokenIn } from "./token";

const FIRST = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln-_";
const SECOND = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJiIn0.c2ln";
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
    removeItem: (key: string) => {
      delete stored[key];
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
const keeper = (url = "wss://map.example/ws") => new TokenKeeper(url, page, (token) => told.push(token));

beforeEach(() => {
  listeners = [];
  stored = {};
  told = [];
});

test("the stored token is reported, and each newer one, which is stored", () => {
  stored[TOKEN_KEY] = FIRST;
  const tokens = keeper();
  say("https://map.example", { type: TOKEN_KEY, token: SECOND });
  expect(told).toEqual([FIRST, SECOND]);
  expect(stored[TOKEN_KEY]).toBe(SECOND);
  tokens.close();
  say("https://map.example", { type: TOKEN_KEY, token: FIRST });
  expect(told).toEqual([FIRST, SECOND]);
});

test("messages of other origins and other types are ignored", () => {
  keeper();
  say("https://elsewhere.example", { type: TOKEN_KEY, token: FIRST });
  for (const data of [null, "text", { type: "other", token: FIRST }, { type: TOKEN_KEY, token: 3 }]) {
    say("https://map.example", data);
  }
  expect(told).toEqual([]);
});

test("a gateway of another origin never sees the token", () => {
  stored[TOKEN_KEY] = FIRST;
  for (const url of ["wss://elsewhere.example/ws", "ws://map.example/ws", "wss://map.example:8443/ws"]) {
    expect(keeper(url).keep(SECOND)).toBe(false);
  }
  say("https://map.example", { type: TOKEN_KEY, token: SECOND });
  expect(told).toEqual([]);
});

test("pasted text is cleaned, and rejected if it is not a token", () => {
  for (const pasted of [
    FIRST,
    ` ${FIRST}\n`,
    `Bearer ${FIRST}`,
    `Authorization: bearer ${FIRST}`,
    FIRST.replace(".", ".\n"),
  ]) {
    expect(tokenIn(pasted)).toBe(FIRST);
  }
  for (const pasted of ["", "Bearer ", "one.two", "a.b.c.d", "a.b.c,d", "a.ü.c", "<script>.a.b"]) {
    expect(tokenIn(pasted)).toBeNull();
    expect(keeper().keep(pasted)).toBe(false);
  }
  stored[TOKEN_KEY] = "never a token";
  keeper();
  expect(told).toEqual([]);
});

test("a deleted token is reported as none", () => {
  const tokens = keeper();
  expect(tokens.keep(FIRST)).toBe(true);
  expect(tokens.current).toBe(FIRST);
  tokens.forget();
  expect(told).toEqual([FIRST, ""]);
  expect(stored).toEqual({});
});

test("without storage a token is used until the page is closed", () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  const refuse = () => {
    throw new DOMException("Access is denied", "SecurityError");
  };
  const refusing = { ...page, sessionStorage: { getItem: refuse, setItem: refuse, removeItem: refuse } };
  const tokens = new TokenKeeper("wss://map.example/ws", refusing, (token) => told.push(token));
  expect(tokens.keep(FIRST)).toBe(true);
  expect(told).toEqual([FIRST]);
  warned.mockRestore();
});
