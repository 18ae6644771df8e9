// The Web Worker: a FlightSession with this worker's socket, timers and clock. FlightsClient starts it.
import { localTimeMs } from "@flighttracker/client";
import { FlightSession } from "./session";
import { warmUp } from "./warmUp";
import type { ToWorker } from "./workerMessages";

const PULSE_MS = 1_000;
const WARM_MS = 10;

// TypeScript offers either the page's or the worker's globals for all files; seen from inside, the two ends are alike.
const scope = self as unknown as Worker;

const session = new FlightSession((message, transfer) => scope.postMessage(message, transfer), {
  createSocket: (url, protocols) => new WebSocket(url, protocols),
  after: (milliseconds, action) => {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
  random: Math.random,
  nowMs: localTimeMs,
});

scope.onmessage = ({ data }: MessageEvent<ToWorker>) => session.receive(data);
setInterval(() => session.pulse(), PULSE_MS);

const rounds = warmUp();
/** Messages of the page and of the socket come in between. */
function warmFor(milliseconds: number): void {
  const endMs = performance.now() + milliseconds;
  while (performance.now() < endMs) if (session.hasFrames || rounds.next().done) return;
  setTimeout(warmFor, 0, milliseconds);
}
warmFor(WARM_MS);
