// Which words a connection gets, and what a person can do about it.
import { describe, expect, test } from "vitest";
import { type Connection, NO_CONNECTION } from "@/flights/workerMessages";
import { en } from "@/texts/en";
import { Formats } from "@/texts/formats";
import { wordsFor } from "./connectionWords";

const NOW_MS = 1_750_000_000_000;
const live: Connection = { ...NO_CONNECTION, phase: "live", shardCount: 2, pictureTimeMs: NOW_MS - 1_000 };
const moment = { nowMs: NOW_MS, serverTimeMs: NOW_MS, isOnline: true, denial: null };
const words = (change: Partial<Connection>, denial: { status: 401 | 403; hadToken: boolean } | null = null) =>
  wordsFor(
    { ...live, ...change },
    { ...moment, denial: denial && { ...denial, detail: "" } },
    en,
    new Formats("aviation", "en", "–"),
  );

describe("a stale picture", () => {
  const stale = { isStale: true, staleShards: [1] };

  test("is as old as the gateway says, which knows when a source fell silent", () => {
    expect(words({ ...stale, staleSinceMs: NOW_MS - 300_000 }).banner).toMatch(/newest positions are 5 min old/);
  });
  test("is as old as its last tick when the gateway says nothing", () => {
    expect(words({ isStale: true, pictureTimeMs: NOW_MS - 40_000 }).banner).toMatch(/newest positions are 40 s old/);
  });
  test("is called part of one only while other shards are fresh", () => {
    expect(words(stale).banner).toMatch(/^Part of the picture is stale/);
    expect(words({ ...stale, staleShards: [0, 1] }).banner).toMatch(/^The picture is stale/);
  });
});

describe("a token", () => {
  const out = { lost: { meaning: "not_allowed" as const, reason: "" } };

  test("that is missing, refused or too weak has its own words, and a way in", () => {
    const first = { ...out, phase: "connecting" as const, pictureTimeMs: null };
    const said = [
      words(first, { status: 401, hadToken: false }),
      words(first, { status: 401, hadToken: true }),
      words(first, { status: 403, hadToken: true }),
    ];
    expect(said.map(({ banner }) => banner)).toEqual([
      "This tracker asks for a token.",
      "The token is not valid, or not any more.",
      "The token does not allow watching this tracker.",
    ]);
    expect(new Set(said.map(({ short, action }) => `${short} ${action}`))).toEqual(new Set(["Signed out signIn"]));
  });
  test("that ended keeps the picture with its age, and promises no other attempt", () => {
    const { banner, action } = words({ ...out, phase: "reconnecting" }, { status: 401, hadToken: true });
    expect(banner).toBe("The token is not valid, or not any more. The picture is 1 s old.");
    expect(action).toBe("signIn");
  });
  test("that ends soon is spoken of while the picture is live", () => {
    expect(words({ tokenEndsMs: NOW_MS + 60_000 })).toMatchObject({
      banner: "Your token ends in 60 s.",
      action: "signIn",
    });
    expect(words({ tokenEndsMs: NOW_MS + 3_600_000 }).banner).toBeNull();
  });
});
