// The Web Worker of the past: a PastSession with this worker's timers. The timeline's player starts it.
import type { ToPastWorker } from "./pastMessages";
import { PastSession } from "./pastSession";

// TypeScript offers either the page's or the worker's globals for all files; seen from inside, the two ends are alike.
const scope = self as unknown as Worker;

const session = new PastSession((message, transfer) => scope.postMessage(message, transfer), {
  after: (milliseconds, action) => {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
});

scope.onmessage = ({ data }: MessageEvent<ToPastWorker>) => session.receive(data);
