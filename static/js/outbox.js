// What waits to be sent, visible on every page; and forms that may be sent without a signal:
// <form data-queue="check-in" data-queue-title="签到 · 西湖龙井">. The store is static/js/queue.js.

const queue = self.crmQueue;
const strip = document.getElementById("queue");
const dialog = document.getElementById("queue-dialog");
const list = document.getElementById("queue-list");
const words = Object.fromEntries(
  Object.entries(dialog.dataset).map(([name, sentence]) => [name.replace(/^say(.)/, (_, first) => first.toLowerCase()), sentence]),
);
const me = document.body.dataset.user || "";
const say = (name, count) => (words[name] || "").replace("{n}", count);
const make = (tag, values = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), values);
  made.append(...children);
  return made;
};
let signedOut = !me;
let busy = new Map();
let sentNow = 0;

/* ---- The strip and the list ---- */
async function show() {
  const items = await queue.all(me || undefined);
  const waiting = items.filter((item) => item.state === "waiting").length;
  const mend = items.length - waiting;
  strip.hidden = !items.length && !sentNow;
  strip.classList.toggle("queue-bad", mend > 0);
  const parts = [];
  if (waiting) parts.push(say("waiting", waiting));
  if (mend && me) parts.push(say("mend", mend));
  if (!items.length && sentNow) parts.push(say("sent", sentNow));
  const why = !waiting ? "" : signedOut ? words.login : navigator.onLine ? "" : words.offline;
  strip.replaceChildren(make("span", { className: "queue-words" }, make("strong", { textContent: parts.join(" · ") }), why ? ` ${why}` : ""));
  if (items.length && me) strip.append(make("button", { type: "button", className: "btn", textContent: words.look, onclick: open }));
  if (items.length && signedOut && me) strip.append(make("a", { className: "btn", textContent: words.signIn, href: `/accounts/login/?next=${encodeURIComponent(location.pathname)}` }));
  if (dialog.open || location.hash === "#queue") draw(me ? items : []);
}
function open() {
  if (!dialog.open) dialog.showModal();
  show();
}
function draw(items) {
  list.replaceChildren(...items.map(line));
  if (!items.length) list.append(make("li", { className: "text-secondary", textContent: words.nothing }));
  document.getElementById("queue-send").hidden = !items.some((item) => item.state === "waiting");
}
function line(item) {
  const state = busy.get(item.seq) || item.state;
  const row = make("li", { className: "queue-item" });
  const at = new Date(item.made).toLocaleString(document.documentElement.lang, { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });
  row.append(make("div", { className: "queue-head" }, make("strong", { textContent: item.title }), make("span", { className: `tag tag-${state === "waiting" || state === "sending" ? "info" : "warn"}`, textContent: say(`state${state[0].toUpperCase()}${state.slice(1)}`) })));
  row.append(make("p", { className: "row-sub", textContent: at }));
  if (item.answer?.message) row.append(make("p", { className: "text-warn", textContent: item.answer.message }));
  for (const sentences of Object.values(item.answer?.fields || {})) for (const sentence of [sentences].flat()) if (sentence !== item.answer.message) row.append(make("p", { className: "text-warn", textContent: sentence }));
  const rows = item.answer?.details?.rows || [];
  if (rows.length) {
    const head = make("tr", {}, ...["field", "mine", "theirs"].map((name) => make("th", { scope: "col", textContent: words[name] })));
    const body = rows.map((one) => make("tr", {}, make("th", { scope: "row", textContent: one.label }), make("td", { textContent: one.mine || "—" }), make("td", { textContent: one.theirs || "—" })));
    row.append(make("div", { className: "table-responsive" }, make("table", { className: "table queue-sides" }, make("thead", {}, head), make("tbody", {}, ...body))));
  }
  const acts = make("div", { className: "queue-acts" });
  if (item.about) acts.append(make("a", { className: "btn", href: `${item.about}#item-${item.seq}`, textContent: item.state === "waiting" ? words.open : words.mendIt }));
  if (item.answer?.details?.may_force) acts.append(make("button", { type: "button", className: "btn btn-primary", textContent: words.force, onclick: () => queue.again(item, { force: "1" }).then(show) }));
  if (item.state !== "waiting") acts.append(make("button", { type: "button", className: "btn", textContent: words.retry, onclick: () => queue.again(item).then(show) }));
  acts.append(make("button", { type: "button", className: "btn", textContent: words.drop, onclick: (event) => sure(event.currentTarget, item) }));
  row.append(acts);
  return row;
}
// Dropping destroys what was written: the second press does it, and says so.
function sure(button, item) {
  if (button.dataset.sure) return queue.drop(item);
  button.dataset.sure = "1";
  button.classList.add("btn-bad");
  button.textContent = words.dropSure;
  return undefined;
}

queue.listen((news) => {
  if (news.type === "state") busy.set(news.seq, news.state);
  if (news.type === "change") busy = new Map();
  if (news.type === "login") signedOut = true;
  if (news.type === "sent" && news.item.user === me) {
    sentNow += 1;
    if (news.item.draft) localStorage.removeItem(`draft:${news.item.draft}`);
    document.dispatchEvent(new CustomEvent("queuesent", { detail: news }));
  }
  show();
});
document.getElementById("queue-send").addEventListener("click", () => soon());
addEventListener("hashchange", () => { if (location.hash === "#queue") open(); });

// A signal that has just come back, or is weak, often fails the first try: the next ones come soon, then seldom.
const PAUSES = [1, 2, 5, 15, 60]; // seconds
let tries = 0;
let next = 0;
async function go() {
  if (!navigator.onLine) return show(); // the browser says when it is back
  const how = await queue.send();
  clearTimeout(next);
  if (how === "offline") next = setTimeout(go, 1000 * PAUSES[Math.min(tries++, PAUSES.length - 1)]);
  return show();
}
function soon() {
  tries = 0;
  return go();
}
addEventListener("online", soon);
addEventListener("offline", show);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") soon(); });
document.addEventListener("queuewaits", soon);

/* ---- Forms ---- */
async function reachable() {
  if (!navigator.onLine) return false;
  try {
    const answer = await queue.hello(5000);
    if (String(answer.user || "") === me) return answer.token;
    signedOut = true; // the session ended meanwhile: what was written is kept
    return false;
  } catch {
    return false;
  }
}
async function put(form, submitter) {
  const data = new FormData(form, submitter);
  data.delete("csrfmiddlewaretoken");
  const kept = await queue.add({
    user: me, kind: form.dataset.queue, url: new URL(form.action, location.href).pathname, title: form.dataset.queueTitle || document.title,
    about: location.pathname, payload: data, draft: form.dataset.draft && form.dataset.queueMany === undefined ? `${me}:${form.dataset.draft}` : "",
  });
  if (form.dataset.queueMany === undefined) {
    form.inert = true;
    form.classList.add("is-queued");
  } else {
    // A page for many: the next one begins empty.
    if (form.dataset.draft) localStorage.removeItem(`draft:${me}:${form.dataset.draft}`);
    form.reset();
    form.dispatchEvent(new CustomEvent("draftrestored", { bubbles: true }));
  }
  form.dispatchEvent(new CustomEvent("queued", { bubbles: true, detail: kept }));
  soon();
  strip.scrollIntoView({ block: "center" });
}
const passed = new WeakSet();
addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-queue]") || !me) return;
  if (passed.delete(form)) return;
  const { submitter } = event;
  if (submitter?.dataset.confirm || form.dataset.confirm) return;
  event.preventDefault();
  event.stopPropagation();
  if (form.dataset.busy) return; // pressed twice
  form.dataset.busy = "1";
  form.setAttribute("aria-busy", "true");
  try {
    // Whoever has something to add (a position) or to object (a missing line) puts a promise in.
    const tasks = [];
    form.dispatchEvent(new CustomEvent("beforequeue", { bubbles: true, detail: tasks }));
    await Promise.all(tasks);
    const token = await reachable();
    if (token) {
      // A kept page carries the token of another day.
      if (form.csrfmiddlewaretoken) form.csrfmiddlewaretoken.value = token;
      const waiting = waitingFor(form, await queue.all(me));
      if (waiting) sessionStorage.setItem("queue-mended", JSON.stringify({ seq: waiting.seq, url: waiting.url }));
      passed.add(form);
      form.requestSubmit(submitter);
    } else if (submitter?.hasAttribute("data-no-queue")) {
      document.dispatchEvent(new CustomEvent("toast", { detail: words.draftKept }));
    } else if (await fits(form)) await put(form, submitter);
  } catch (problem) {
    if (problem) throw problem; // who objects says so itself, and rejects with nothing
  } finally {
    delete form.dataset.busy;
    form.removeAttribute("aria-busy");
  }
}, true);
// Without a signal nobody can check: what the page itself can see is checked before it is put away.
async function fits(form) {
  const objections = [];
  form.dispatchEvent(new CustomEvent("checkoffline", { bubbles: true, detail: objections }));
  return objections.length === 0;
}

// A form that waits in the queue shows what waits; one that was refused is filled with it, to be mended.
function fill(form, payload) {
  const values = new Map();
  for (const [name, value] of payload) if (typeof value === "string") values.set(name, [...(values.get(name) || []), value]);
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden" || field.type === "file") continue;
    const given = values.get(field.name) || [];
    if (field.type === "checkbox" || field.type === "radio") field.checked = given.includes(field.value);
    else if (given.length) [field.value] = given;
  }
  form.dispatchEvent(new CustomEvent("draftrestored", { bubbles: true }));
}
// The item a form stands for; a page for many stands for the one it was opened to mend.
function waitingFor(form, items) {
  const at = new URL(form.action, location.href).pathname;
  const many = form.dataset.queueMany !== undefined;
  return items.find((item) => item.url === at && item.kind === form.dataset.queue && (!many || location.hash === `#item-${item.seq}`));
}
async function meet() {
  if (!me) return;
  const mended = JSON.parse(sessionStorage.getItem("queue-mended") || "null");
  sessionStorage.removeItem("queue-mended");
  let items = await queue.all(me);
  for (const form of document.querySelectorAll("form[data-queue]")) {
    const item = waitingFor(form, items);
    if (!item || form.querySelector(".has-error")) continue;
    fill(form, item.payload);
    if (item.state === "waiting" && form.dataset.queueMany === undefined) {
      form.inert = true;
      form.classList.add("is-queued");
    }
  }
  // The page after a mended form carries no such form any more: it arrived.
  if (mended && !document.querySelector(`form[data-queue][action="${CSS.escape(mended.url)}"], form[data-queue] .has-error`) && location.pathname !== mended.url) {
    const item = items.find((one) => one.seq === mended.seq);
    if (item) await queue.drop(item);
  }
}
document.addEventListener("queuesent", (event) => {
  // The page on which it was written has nothing left to send.
  const { item, answer } = event.detail;
  for (const form of document.querySelectorAll("form[data-queue].is-queued")) {
    if (new URL(form.action, location.href).pathname === item.url && answer.location && form.dataset.queueGo !== undefined) location.assign(answer.location);
  }
});

meet().then(show).then(go);
