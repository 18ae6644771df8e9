// The service worker: caches the page itself, so an installed app opens offline and can say so. It never caches positions
// or other answers of the API: live data always comes from the gateway.
//
// The document comes from the network, and from the cache only if the network does not answer. Files with a content hash
// in their name are cached; beyond MOST_FILES the oldest are removed (a new version of the page has new names). The name
// of the cache has the path of this page as a prefix, because other applications and other trackers may share the
// origin. Only caches with this prefix are removed.
const PREFIX = `flighttracker ${new URL(self.registration.scope).pathname} `;
const CACHE = `${PREFIX}2`;
const FORMER_CACHE = "flighttracker-1";
// Files of other applications of the origin, which a worker at the root also sees, are left alone.
const FILES = new URL("./_next/static/", self.location.href).pathname;
const MOST_FILES = 80;
const WAIT_MS = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.add("./"))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  const isOutdated = (name) => name === FORMER_CACHE || (name.startsWith(PREFIX) && name !== CACHE);
  const drop = (names) => Promise.all(names.filter(isOutdated).map((name) => caches.delete(name)));
  event.waitUntil(
    caches
      .keys()
      .then(drop)
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname === new URL("./", self.location.href).pathname) {
    event.respondWith(documentFor(request));
  } else if (url.pathname.startsWith(FILES)) event.respondWith(fileFor(request));
});

// Caches what the page loaded before this worker was active; the browser has the files, so nothing is downloaded twice.
self.addEventListener("message", (event) => {
  if (event.data?.type !== "keep" || !Array.isArray(event.data.urls)) return;
  const ours = event.data.urls.filter((url) => {
    const { origin, pathname } = new URL(url);
    return origin === self.location.origin && pathname.startsWith(FILES);
  });
  event.waitUntil(Promise.allSettled(ours.slice(0, MOST_FILES).map((url) => fileFor(new Request(url)))));
});

async function documentFor(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(WAIT_MS) });
    // The query selects what the page shows; the document is the same.
    if (answer.ok) await cache.put("./", answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match("./");
    if (kept === undefined) throw error;
    return kept;
  }
}

async function fileFor(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  // Without the address that it was loaded from: all workers start from one file, and the part after # in its address
  // says which. The browser would take that of the worker that was started first.
  if (kept !== undefined) return new Response(kept.body, kept);
  const answer = await fetch(request);
  if (answer.ok) {
    await cache.put(request, answer.clone());
    const files = (await cache.keys()).filter(({ url }) => new URL(url).pathname.startsWith(FILES));
    for (const old of files.slice(0, Math.max(0, files.length - MOST_FILES))) await cache.delete(old);
  }
  return answer;
}
