// The Web Worker: a FlightSession with this worker's socket, timers and clock. FlightsClient starts it.
import { localTimeMs } from "@flighttracker/client";
import { FlightSession } from "./session";
import type { FromWorker, ToWorker } from "./workerMessages";

const PULSE_MS = 1_000;

// TypeScript offers either the page's or the worker's globals for all files; seen from inside, the two ends are alike.
const scope = self as unknown as Worker;

const surroundings = {
  createSocket: (url: string, protocols: string[]) => new WebSocket(url, protocols),
  after: (milliseconds: number, action: () => void) => {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
  random: Math.random,
  nowMs: localTimeMs,
};
const post = (message: FromWorker, transfer: ArrayBuffer[]) => scope.postMessage(message, transfer);
const session = new FlightSession(post, surroundings, async (url, token, question) => {
  const { loadNames } = await import("./laterParts");
  return loadNames(url, token, question);
});

scope.onmessage = ({ data }: MessageEvent<ToWorker>) => session.receive(data);
setInterval(() => session.pulse(), PULSE_MS);
