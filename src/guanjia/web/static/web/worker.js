// The service worker of the technician's pages: what the day needs is in the phone, and is shown when the office cannot be
// reached. Only addresses below KIT.scope are its own; for these pages it also keeps scripts, style sheets and pictures.
// KIT is set in front of this text by the server: {version, shell, standIn, scope}.
const SHELL = `field-shell-${KIT.version}`;
const PAGES = "field-pages-";
const PATIENCE = 5000, DAY = 24 * 3600_000;
const KEEPER = "X-Guanjia-Keeper";

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(SHELL).then((cache) => Promise.all(KIT.shell.map((address) => cache.add(address).catch(() => undefined)))));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("field-shell-") && name !== SHELL) await caches.delete(name);
    await self.clients.claim();
  })());
});

const isPage = (url) => url.pathname.startsWith(KIT.scope) && !url.pathname.endsWith(".pdf") && !url.pathname.endsWith(".js");
const isShell = (url) => KIT.shell.includes(url.pathname) || KIT.shell.includes(url.pathname + url.search);
const noAnswer = () => new Response("", { status: 504 });

/** The office's answer, unless it takes too long in a basement or a server on the way says that nobody is there. */
async function ask(request) {
  const response = await Promise.race([
    fetch(request),
    new Promise((_resolve, reject) => { setTimeout(() => reject(new Error("slow")), PATIENCE); }),
  ]);
  if ([502, 503, 504].includes(response.status)) throw new Error("away");
  return response;
}

/** Keeps a page for the person and office to whom it was given; those of anybody else are thrown away. */
async function keep(path, response) {
  const keeper = response.headers.get(KEEPER);
  if (!keeper) return;
  const own = PAGES + keeper;
  for (const name of await caches.keys()) if (name.startsWith(PAGES) && name !== own) await caches.delete(name);
  const headers = new Headers(response.headers);
  headers.set("X-Copied", String(Date.now()));
  const copy = new Response(await response.blob(), { headers });
  await (await caches.open(own)).put(path, copy);
}

async function copyOf(path) {
  for (const name of await caches.keys()) {
    if (!name.startsWith(PAGES)) continue;
    const cache = await caches.open(name);
    const found = await cache.match(path);
    if (!found) continue;
    const old = Date.now() - Number(found.headers.get("X-Copied")) > DAY;
    if (!old || path === KIT.standIn) return found;
    await cache.delete(path); // yesterday's households do not stay in a phone
  }
  return undefined;
}

/** The copy as a page that knows that it is one, and since when. */
async function asCopy(response) {
  const text = await response.text();
  const headers = new Headers(response.headers);
  headers.delete("Content-Length");
  const marked = text.replace("<body ", `<body data-copied="${response.headers.get("X-Copied")}" `);
  return new Response(marked, { status: 200, headers });
}

async function page(event, url) {
  const { request } = event;
  try {
    const response = await ask(request);
    if (response.ok && !response.redirected) event.waitUntil(keep(url.pathname, response.clone()).catch(() => undefined));
    else if ([403, 404, 410].includes(response.status)) event.waitUntil(forget(url.pathname));
    return response;
  } catch {
    const found = (await copyOf(url.pathname)) ?? (request.mode === "navigate" ? await copyOf(KIT.standIn) : undefined);
    if (!found) return request.mode === "navigate" ? Response.error() : noAnswer();
    return request.mode === "navigate" ? asCopy(found) : found;
  }
}

async function forget(path) {
  for (const name of await caches.keys()) if (name.startsWith(PAGES)) await (await caches.open(name)).delete(path);
}

/** Scripts and style sheets: the office's while it answers, else those that came with this version. */
async function shell(event) {
  const { request } = event;
  const address = request.url;
  try {
    const response = await ask(request);
    if (response.ok) event.waitUntil(caches.open(SHELL).then((cache) => cache.put(address, response.clone())).catch(() => undefined));
    return response;
  } catch {
    return (await (await caches.open(SHELL)).match(address)) ?? noAnswer();
  }
}

/** Photographs that were looked at before; they go with the pages. */
async function picture(event) {
  try {
    const response = await ask(event.request);
    if (response.ok) event.waitUntil(keepPicture(event.request.url, response.clone()).catch(() => undefined));
    return response;
  } catch {
    return (await copyOf(event.request.url)) ?? noAnswer();
  }
}

async function keepPicture(address, response) {
  const name = (await caches.keys()).find((one) => one.startsWith(PAGES));
  if (!name) return;
  const headers = new Headers(response.headers);
  headers.set("X-Copied", String(Date.now()));
  await (await caches.open(name)).put(address, new Response(await response.blob(), { headers }));
}

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (isPage(url)) event.respondWith(page(event, url));
  else if (isShell(url)) event.respondWith(shell(event));
  else if (request.destination === "image") event.respondWith(picture(event));
});
