// The text and the action for each state of the connection.
import { describe, expect, test } from "vitest";
import { type Connection, NO_CONNECTION } from "@/flights/workerMessages";
import { Formats } from "@/texts/formats";
import { ENGLISH } from "@/texts/language";
import { wordsFor } from "./connectionWords";

const NOW_MS = 1_750_000_000_000;
const live: Connection = { ...NO_CONNECTION, phase: "live", shardCount: 2, pictureTimeMs: NOW_MS - 1_000 };
const moment = { nowMs: NOW_MS, serverTimeMs: NOW_MS, isOnline: true, denial: null };
const words = (change: Partial<Connection>, denial: { status: 401 | 403; hadToken: boolean } | null = null) =>
  wordsFor(
    { ...live, ...change },
    { ...moment, denial: denial && { ...denial, detail: "" } },
    ENGLISH,
    new Formats("aviation", "en", "–"),
  );

describe("stale positions", () => {
  const stale = { isStale: true, staleShards: [1] };

  test("show the age that the gateway reports, which covers a silent source", () => {
    expect(words({ ...stale, staleSinceMs: NOW_MS - 300_000 }).banner).toMatch(/newest are 5\u00a0min old/);
  });
  test("show the age of the last tick when the gateway reports none", () => {
    expect(words({ isStale: true, pictureTimeMs: NOW_MS - 40_000 }).banner).toMatch(/newest are 40\u00a0s old/);
  });
  test("are some of them only while other shards are fresh", () => {
    expect(words(stale).banner).toMatch(/^Some positions are stale/);
    expect(words({ ...stale, staleShards: [0, 1] }).banner).toMatch(/^All positions are stale/);
  });
});

describe("a token", () => {
  const out = { lost: { meaning: "not_allowed" as const, reason: "" } };

  test("that is missing, rejected or too weak has its own text and a sign-in action", () => {
    const first = { ...out, phase: "connecting" as const, pictureTimeMs: null };
    const said = [
      words(first, { status: 401, hadToken: false }),
      words(first, { status: 401, hadToken: true }),
      words(first, { status: 403, hadToken: true }),
    ];
    expect(said.map(({ banner }) => banner)).toEqual([
      "This tracker requires a token.",
      "The token is invalid or has expired.",
      "The token does not allow viewing this tracker.",
    ]);
    expect(new Set(said.map(({ short, action }) => `${short} ${action}`))).toEqual(new Set(["Signed out signIn"]));
  });
  test("that expired keeps the positions with their age, and announces no retry", () => {
    const { banner, action } = words({ ...out, phase: "reconnecting" }, { status: 401, hadToken: true });
    expect(banner).toBe("The token is invalid or has expired. The positions are 1\u00a0s old.");
    expect(action).toBe("signIn");
  });
  test("that expires soon is announced while the page is live", () => {
    expect(words({ tokenEndsMs: NOW_MS + 60_000 })).toMatchObject({
      banner: "Your token expires in 60\u00a0s.",
      action: "signIn",
    });
    expect(words({ tokenEndsMs: NOW_MS + 3_600_000 }).banner).toBeNull();
  });
});
