// The Web Worker: a FlightSession with this worker's socket, timers and clock. FlightsClient starts it.
import { localTimeMs } from "./clock";
import { FlightSession } from "./session";
import { warmUp } from "./warmUp";
import type { ToWorker } from "./workerMessages";

const PULSE_MS = 1_000;

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

let isWarm = false;
scope.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  session.receive(data);
  if (data.type === "open" && !isWarm) {
    isWarm = true;
    warmUp();
  }
};
setInterval(() => session.pulse(), PULSE_MS);
