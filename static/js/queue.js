/* Acts made without a signal: kept in the browser, sent once and only once when it is back.
   One classic script for pages and for the service worker; docs/offline.md says how to use it.
     crmQueue.add({ user, kind, url, payload, title, about, draft })  → the kept item
     crmQueue.send()   → tries to send everything of the person who is signed in
     crmQueue.all(user), drop(item), again(item, extra), listen(fn) */
(() => {
  if (self.crmQueue) return;
  const STORE = "items";
  const SLOW = 60_000; // a photo on a weak signal may take its time
  let opening = null;

  function open() {
    opening ||= new Promise((resolve, reject) => {
      const asked = indexedDB.open("crm-queue", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "seq", autoIncrement: true });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => { opening = null; reject(asked.error); };
    });
    return opening;
  }
  async function run(mode, act) {
    const db = await open();
    return new Promise((resolve, reject) => {
      const change = db.transaction(STORE, mode, { durability: "strict" });
      const asked = act(change.objectStore(STORE));
      change.oncomplete = () => resolve(asked.result);
      change.onerror = change.onabort = () => reject(change.error);
    });
  }

  /* Every page, and the worker, hears what happens: {type: "change" | "sent" | "login" | "state", …} */
  const channel = self.BroadcastChannel ? new BroadcastChannel("crm-queue") : null;
  const ears = new Set();
  const hear = (news) => { for (const ear of ears) ear(news); };
  if (channel) channel.onmessage = (event) => hear(event.data);
  function say(news) {
    hear(news);
    channel?.postMessage(news);
  }

  function uuid() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  }
  // FormData, a plain object, or pairs: kept as pairs, for only those survive in the browser's store.
  const pairs = (payload) => {
    if (Array.isArray(payload)) return payload;
    return [...(payload instanceof FormData ? payload.entries() : Object.entries(payload || {}))];
  };

  async function all(user) {
    const items = await run("readonly", (store) => store.getAll());
    return user === undefined ? items : items.filter((item) => item.user === String(user));
  }
  async function add({ user, kind, url, payload, title = "", about = "", draft = "", id = uuid() }) {
    const item = { id, user: String(user), kind, url, title, about, draft, payload: pairs(payload), made: Date.now(), state: "waiting", answer: null };
    item.seq = await run("readwrite", (store) => store.add(item));
    say({ type: "change" });
    const worker = self.navigator.serviceWorker ? await self.navigator.serviceWorker.getRegistration() : self.registration;
    await worker?.sync?.register("crm-queue").catch(() => {}); // not every browser has it; pages send too
    return item;
  }
  async function change(item, values, news = { type: "change" }) {
    await run("readwrite", (store) => store.put(Object.assign(item, values)));
    say(news);
  }
  async function drop(item) {
    await run("readwrite", (store) => store.delete(item.seq));
    say({ type: "change" });
  }
  // After a refusal: the same act again, with what the person decided. It was not kept by the server.
  async function again(item, extra = {}) {
    const kept = item.payload.filter(([name]) => !(name in extra));
    await change(item, { payload: [...kept, ...Object.entries(extra)], state: "waiting", answer: null });
    return send();
  }

  async function hello(patience = 10_000) {
    const answer = await fetch("/offline/hello/", { cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(patience) });
    if (!answer.ok) throw new Error("away");
    return answer.json();
  }
  async function post(item, token) {
    const body = new FormData();
    for (const [name, value] of item.payload) body.append(name, value, ...(value instanceof Blob ? [value.name || "photo.jpg"] : []));
    return fetch(item.url, {
      method: "POST",
      body,
      credentials: "same-origin",
      redirect: "manual",
      signal: AbortSignal.timeout(SLOW),
      headers: {
        "X-CSRFToken": token,
        "X-Queue-User": item.user,
        "Idempotency-Key": item.id,
        "X-Made-At": String(item.made),
        "X-Sent-At": String(Date.now()),
        Accept: "application/json",
      },
    });
  }

  /* Returns how it went: "empty", "sent", "offline", "login". */
  async function work() {
    const waiting = (await all()).filter((item) => item.state === "waiting");
    if (!waiting.length) return "empty";
    let me;
    try {
      me = await hello();
    } catch {
      return "offline";
    }
    if (!me.user) {
      say({ type: "login" });
      return "login";
    }
    for (const item of waiting.filter((one) => one.user === String(me.user))) {
      let answer;
      say({ type: "state", seq: item.seq, state: "sending" });
      try {
        answer = await post(item, me.token);
      } catch {
        say({ type: "change" });
        return "offline";
      }
      const json = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json().catch(() => null) : null;
      if (answer.ok && json) {
        await run("readwrite", (store) => store.delete(item.seq));
        say({ type: "sent", item: { id: item.id, user: item.user, kind: item.kind, url: item.url, title: item.title, about: item.about, draft: item.draft }, answer: json });
      } else if (answer.status === 401 || answer.type === "opaqueredirect") {
        say({ type: "login" });
        return "login";
      } else if (answer.status >= 500 || answer.status === 429 || (answer.status === 403 && !json?.code) || json?.code === "CSRF") {
        say({ type: "change" });
        return "offline"; // the server is away: later
      } else {
        await change(item, { state: answer.status === 409 ? "conflict" : "refused", answer: { status: answer.status, ...(json || {}) } });
      }
    }
    say({ type: "change" });
    return "sent";
  }
  let last = Promise.resolve("empty");
  // One sender at a time in the whole browser; the server would know a second one by its key anyway.
  function send() {
    const turn = () => (self.navigator.locks ? navigator.locks.request("crm-queue", work) : work());
    last = last.then(turn, turn);
    return last;
  }

  self.crmQueue = {
    add, all, drop, again, send, uuid, hello,
    listen(ear) { ears.add(ear); return () => ears.delete(ear); },
  };
})();
