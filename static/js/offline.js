// The installed application: register the worker, keep the day's pages, forget them with their person.

const me = document.body.dataset.user || "";
const banner = document.getElementById("offline");
const holds = "caches" in self;

/* ---- Nothing of another person stays readable ---- */
async function forget() {
  if (!holds) return;
  for (const name of await caches.keys()) if (name.startsWith("pages-") && name !== `pages-${me}`) await caches.delete(name);
}
// The offline page belongs to nobody and shows what the last person may still read.
if (!document.body.hasAttribute("data-offline-page")) forget();

/* ---- The worker ---- */
const worker = "serviceWorker" in navigator ? navigator.serviceWorker : null;
if (worker) {
  const fresh = !worker.controller;
  worker.register("/worker.js").catch(() => {});
  // The page on which the worker came to life has not passed through it yet.
  worker.addEventListener("controllerchange", () => { if (fresh && me) keep([location.pathname + location.search]).catch(() => {}); }, { once: true });
  worker.addEventListener("message", (event) => {
    if (event.data?.type !== "kept") return;
    banner.textContent = banner.dataset.kept.replace("{time}", document.body.dataset.made);
    banner.hidden = false;
  });
  worker.startMessages();
}

/* ---- Pages to read without a signal ---- */
async function keep(addresses, step = () => {}) {
  let done = 0;
  const left = [...addresses];
  const one = async () => {
    for (let at = left.shift(); at; at = left.shift()) {
      const fragment = at.startsWith("~"); // a part that a page fetches by itself
      const headers = { "X-Prefetch": "1", ...(fragment ? { "HX-Request": "true" } : {}) };
      const answer = await fetch(fragment ? at.slice(1) : at, { credentials: "same-origin", headers });
      if (!answer.ok || answer.redirected) throw new Error(at);
      step((done += 1));
    }
  };
  await Promise.all([one(), one(), one()]);
  return done;
}
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-keep-from]");
  if (!button) return;
  const state = document.getElementById(button.getAttribute("aria-describedby"));
  button.disabled = true;
  try {
    if (!worker || !holds) throw new Error("none");
    await worker.ready;
    const { pages } = await (await fetch(button.dataset.keepFrom, { headers: { Accept: "application/json" } })).json();
    const count = await keep(pages, (done) => { state.textContent = `${done} / ${pages.length}`; });
    state.textContent = button.dataset.done.replace("{n}", count);
  } catch {
    state.textContent = worker && holds ? button.dataset.failed : button.dataset.impossible;
  }
  button.disabled = false;
});

/* ---- The page without a signal: what can be read ---- */
const shelf = document.getElementById("kept-pages");
if (shelf && holds) {
  const found = [];
  for (const name of (await caches.keys()).filter((one) => one.startsWith("pages-"))) {
    const pages = await caches.open(name);
    for (const request of await pages.keys()) {
      const at = new URL(request.url);
      if (at.searchParams.has("__fragment")) continue;
      const text = await (await pages.match(request)).text();
      const page = new DOMParser().parseFromString(text, "text/html");
      const title = page.querySelector("h1")?.textContent.trim() || page.title;
      found.push([at.pathname + at.search, `${title} · ${page.title.split(" · ")[0]}`]);
    }
  }
  for (const [href, title] of found.sort()) {
    const item = document.createElement("li");
    item.append(Object.assign(document.createElement("a"), { href, textContent: title }));
    shelf.append(item);
  }
  document.getElementById("kept-none").hidden = found.length > 0;
}
document.querySelector("[data-reload]")?.addEventListener("click", () => location.reload());
