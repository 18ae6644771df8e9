// Registers the service worker (public/sw.js), which caches the page itself, never a position. Called after the first picture,
// because its downloads would delay it.

export function keepOffline(): void {
  // Available on https and localhost only; the page works without it.
  if (process.env.NODE_ENV !== "production" || !("serviceWorker" in navigator)) return;
  navigator.serviceWorker
    .register("sw.js")
    .then(() => navigator.serviceWorker.ready)
    .then(({ active }) => active?.postMessage({ type: "keep", urls: loadedFiles() }))
    .catch((error: unknown) => console.warn("the page cannot be kept for offline use:", error));
}

/** The files loaded so far, before the service worker could see them. */
function loadedFiles(): string[] {
  return performance.getEntriesByType("resource").map(({ name }) => name);
}
