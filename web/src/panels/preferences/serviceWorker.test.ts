// The service worker (public/sw.js) answers for the files of this page alone: other applications share its origin.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

type Handler = (event: unknown) => void;

/** Whether the worker of a path answers a request itself. */
function answers(workerPath: string, path: string): boolean {
  const origin = "https://maps.example.org";
  const handlers = new Map<string, Handler>();
  const scope = new URL("./", origin + workerPath).href;
  const self = {
    location: { href: origin + workerPath, origin },
    registration: { scope },
    addEventListener: (name: string, handler: Handler) => handlers.set(name, handler),
  };
  const source = readFileSync(new URL("../../../public/sw.js", import.meta.url), "utf8");
  new Function("self", "caches", "fetch", source)(self, { open: () => Promise.reject(new Error("not asked")) }, null);
  let isAnswered = false;
  const respondWith = (answer: Promise<unknown>) => {
    isAnswered = true;
    answer.catch(() => undefined); // the answer itself needs a browser; states.mjs has one
  };
  handlers.get("fetch")?.({ request: { url: origin + path, method: "GET", mode: "no-cors" }, respondWith });
  return isAnswered;
}

test.each([
  ["/sw.js", "/_next/static/chunks/a.js", true],
  ["/maps/sw.js", "/maps/_next/static/chunks/a.js", true],
  ["/sw.js", "/other/_next/static/chunks/a.js", false],
  ["/maps/sw.js", "/maps/other/_next/static/chunks/a.js", false],
  ["/maps/sw.js", "/_next/static/chunks/a.js", false],
  ["/sw.js", "/api/v1/flights", false],
])("the worker %s answers for %s: %s", (worker, path, expected) => expect(answers(worker, path)).toBe(expected));
