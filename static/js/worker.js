/* The service worker. `CRM` (version, files, …) is written before this text by crm.base.views_offline. */
importScripts(CRM.queue);
const SHELF = `static-${CRM.version}`;
const PAGES = "pages-"; // and the number of the person
const PATIENCE = 7000; // a page that is kept does not wait longer for a weak signal
const HASHED = /\.[0-9a-f]{12}\./;
const whole = (path) => new URL(path, self.location.origin).href;

const pagesOf = async () => (await caches.keys()).filter((name) => name.startsWith(PAGES));
async function forget(but = "") {
  for (const name of await pagesOf()) if (name !== but) await caches.delete(name);
}

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const shelf = await caches.open(SHELF);
    await shelf.addAll([...CRM.files, CRM.offline].map((path) => new Request(path, { cache: "reload", credentials: "omit" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    await self.clients.claim();
    const old = (await caches.keys()).filter((name) => name.startsWith("static-") && name !== SHELF);
    if (!old.length) return;
    // Kept pages name the files of their version: they are fetched anew, or stay with their files.
    try {
      for (const name of await pagesOf()) {
        const pages = await caches.open(name);
        for (const request of await pages.keys()) {
          const answer = await fetch(request.url, { credentials: "same-origin", headers: { "X-Prefetch": "1" } });
          if (answer.redirected || !answer.ok) await pages.delete(request);
          else await keep(request, answer);
        }
      }
      for (const name of old) await caches.delete(name);
    } catch { /* no signal: the next version cleans up */ }
  })());
});

/* Fragments and whole pages of one address are two things. */
function nameOf(request) {
  const url = new URL(request.url);
  url.hash = "";
  if (request.headers.get("HX-Request")) url.searchParams.set("__fragment", "1");
  return url.href;
}
async function keep(request, answer) {
  const whose = answer.headers.get("X-Keep-Offline");
  if (!whose || !answer.ok || answer.redirected) return;
  await forget(PAGES + whose);
  await (await caches.open(PAGES + whose)).put(nameOf(request), answer.clone());
}
async function kept(request) {
  for (const name of await pagesOf()) {
    const found = await (await caches.open(name)).match(nameOf(request), { ignoreVary: true });
    if (found) return found;
  }
  return undefined;
}

async function page(event) {
  const { request } = event;
  const copy = await kept(request);
  const asked = fetch(request).then(async (answer) => {
    const again = answer.clone();
    event.waitUntil(keep(request, again));
    return answer;
  });
  const late = (why) => {
    const whom = event.resultingClientId || event.clientId;
    // The page says itself that it is a copy.
    setTimeout(async () => (await self.clients.get(whom))?.postMessage({ type: "kept", why }), 300);
    return copy;
  };
  try {
    if (!copy) return await asked;
    let clock;
    const patience = new Promise((resolve) => { clock = setTimeout(() => resolve(null), PATIENCE); });
    const first = await Promise.race([asked, patience]);
    clearTimeout(clock);
    if (first) return first;
    event.waitUntil(asked.catch(() => {}));
    return late("slow");
  } catch {
    if (copy) return late("offline");
    if (request.mode !== "navigate") return Response.error();
    return (await caches.match(whole(CRM.offline), { ignoreVary: true })) || Response.error();
  }
}

async function file(request) {
  const found = await caches.match(request, { ignoreVary: true });
  if (found && HASHED.test(request.url)) return found;
  try {
    const asked = fetch(request);
    // A weak signal is not waited for long where a copy of this version is at hand.
    const answer = found ? await Promise.race([asked, new Promise((_, reject) => { setTimeout(reject, 2000); })]) : await asked;
    if (answer.ok && answer.type === "basic") await (await caches.open(SHELF)).put(request, answer.clone());
    return answer;
  } catch (error) {
    if (found) return found;
    throw error;
  }
}

async function leave(request) {
  await forget(); // what waits to be sent is not touched: it belongs to the person, who comes back
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(whole(CRM.offline), { ignoreVary: true })) || Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST" && url.pathname === CRM.logout) event.respondWith(leave(request));
  if (request.method !== "GET") return;
  if (url.pathname.startsWith(CRM.shelf)) event.respondWith(file(request));
  else if (request.mode === "navigate" || request.headers.get("HX-Request") || request.headers.get("X-Prefetch")) event.respondWith(page(event));
});

self.addEventListener("sync", (event) => {
  if (event.tag !== "crm-queue") return;
  event.waitUntil(self.crmQueue.send().then((how) => { if (how === "offline") throw new Error("later"); }));
});
