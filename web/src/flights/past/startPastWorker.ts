// Starts the worker of the past. Alone in its file: the bundler looks for the worker beside the one that names it.
export function startPastWorker(): Worker {
  return new Worker(new URL("./pastWorker.ts", import.meta.url), { type: "module" });
}
