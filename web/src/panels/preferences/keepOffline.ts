// Registers the service worker (public/sw.js), which keeps the page itself, never a position. After the first picture: what
// it fetches to keep is what the picture waits for.

export function keepOffline(): void {
  // Offered on https and localhost only; without it the page works as it always did.
  if (process.env.NODE_ENV !== "production" || !("serviceWorker" in navigator)) return;
  navigator.serviceWorker
    .register("sw.js")
    .then(() => navigator.serviceWorker.ready)
    .then(({ active }) => active?.postMessage({ type: "keep", urls: loadedFiles() }))
    .catch((error: unknown) => console.warn("the page cannot be kept for offline use:", error));
}

/** What the page is made of so far: the worker has not seen the files that came before it. */
function loadedFiles(): string[] {
  return performance.getEntriesByType("resource").map(({ name }) => name);
}
