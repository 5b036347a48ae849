/** Keeps the page's own files, so that it works without a network after the first visit. */

// A module, so that it may say what its global scope is.
export {};

declare const self: ServiceWorkerGlobalScope;
/** The files of this build, and a name for it: filled in when the page is built. */
declare const FILES: readonly string[];
declare const BUILD: string;

const CACHE = `go2perfetto-${BUILD}`;

// It waits until pages of an earlier build are closed: their workers are files of that build. Files come from the server, since the browser may have kept
// those of an earlier build under the same name.
self.addEventListener("install", (event) => {
  const requests = FILES.map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOthers().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET" || new URL(event.request.url).origin !== location.origin) return;
  event.respondWith(event.request.mode === "navigate" ? fromServer(event.request) : fromCache(event.request));
});

/** Deletes the files of earlier builds. */
async function dropOthers(): Promise<void> {
  const names = await caches.keys();
  const others = names.filter((name) => name.startsWith("go2perfetto-") && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
}

/** A page itself comes from the server if there is one: a port of this machine may be another program's by now. */
async function fromServer(request: Request): Promise<Response> {
  try {
    return await fetch(request, { cache: "no-cache" });
  } catch {
    return fromCache(request);
  }
}

async function fromCache(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, { ignoreSearch: true })) ?? fetch(request);
}
