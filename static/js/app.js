// Behaviour of the shell. Every page works without it as plain links and forms.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const text = (name) => document.body.dataset[name] || "";
const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

/* ---- Toasts and states ---- */
export function toast(message, kind = "info") {
  const box = document.createElement("div");
  box.className = `notice notice-${kind}`;
  box.textContent = message;
  $("#toasts").append(box);
  // What went wrong stays long enough to be read twice; a press takes either away.
  box.addEventListener("click", () => box.remove());
  setTimeout(() => box.remove(), kind === "info" || kind === "good" ? 6000 : 20000);
}

document.addEventListener("toast", (event) => toast(event.detail));

function online() {
  const banner = $("#offline");
  banner.textContent = text("offlineText");
  banner.hidden = navigator.onLine;
}
window.addEventListener("online", online);
window.addEventListener("offline", online);

/* ---- Menus: one open at a time, closed by Escape or a click elsewhere ---- */
document.addEventListener("click", (event) => {
  for (const menu of $$("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  // Reasons that were opened to return something: Escape leaves them, and the keys of the list work again.
  const reasons = event.target.closest("details.return[open]");
  if (reasons) {
    reasons.open = false;
    $("summary", reasons).focus();
  }
  for (const menu of $$("details[data-menu][open]")) {
    menu.open = false;
    $("summary", menu).focus();
  }
});

/* ---- Rows of tabs that scroll: the current one is in sight ---- */
for (const strip of $$("[data-strip], .hub-tabs, .view-tabs")) {
  const current = $("[aria-current]", strip);
  if (!current) continue;
  const middle = current.offsetLeft - strip.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2;
  strip.scrollLeft = Math.max(0, middle);
}

/* ---- Theme and density: kept in a cookie so that the server draws the page right ---- */
const keep = (name, value) => {
  document.cookie = `${name}=${value};path=/;max-age=31536000;samesite=lax`;
};
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-switch]")) {
    const next = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
    document.documentElement.dataset.bsTheme = next;
    keep("theme", next);
    document.dispatchEvent(new CustomEvent("themechange"));
  }
  if (event.target.closest("[data-density-switch]")) {
    keep("density", document.documentElement.classList.toggle("dense") ? "dense" : "comfortable");
  }
});

// Demonstration logins fill the form.
document.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-login]");
  if (!chosen) return;
  $("#id_username").value = chosen.dataset.login;
  $("#id_password").value = "demo";
  $("#id_password").form.querySelector("[type=submit]").focus();
});

/* ---- Dialogs ---- */
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.dialog)?.showModal();
  }
  if (event.target.closest("[data-keys-help]")) $("#keys-dialog").showModal();
  const closer = event.target.closest("[data-close]");
  if (closer) closer.closest("dialog").close("no");
});

// An act that destroys names what it destroys: data-confirm="…" on a form or a button.
let confirmed = null;
document.addEventListener("submit", (event) => {
  const form = event.target;
  const asker = event.submitter?.dataset.confirm ? event.submitter : form;
  if (!asker.dataset.confirm || confirmed === form) return;
  event.preventDefault();
  event.stopPropagation();
  const dialog = $("#confirm-dialog");
  // {n}: how many rows of the form are chosen.
  const chosen = [...form.elements].filter((field) => field.matches("[data-select]:checked")).length;
  $("#confirm-text").textContent = asker.dataset.confirm.replace("{n}", chosen);
  const submitter = event.submitter;
  const yes = $("[data-confirm-yes]", dialog);
  yes.dataset.usual ||= yes.textContent;
  yes.textContent = (asker.dataset.yes || yes.dataset.usual).replace("{n}", chosen);
  yes.onclick = () => {
    dialog.close("yes");
    confirmed = form;
    form.requestSubmit(submitter?.type === "submit" ? submitter : undefined);
    confirmed = null;
  };
  dialog.showModal();
}, true);

/* ---- Global search: as you type, never in the middle of composing a character ---- */
function finder(box) {
  const input = $("[data-finder-input]", box);
  const results = $(".finder-results", box);
  const action = input.form.getAttribute("action");
  let timer = 0;
  let asked = 0;
  let composing = false;
  const close = () => {
    results.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (hit) => {
    for (const other of $$(".finder-hit", results)) other.setAttribute("aria-selected", String(other === hit));
    if (hit) {
      input.setAttribute("aria-activedescendant", hit.id);
      hit.scrollIntoView({ block: "nearest" });
    }
  };
  const ask = async () => {
    const value = input.value.trim();
    if (!value) return close();
    const turn = ++asked;
    try {
      const url = `${action}?q=${encodeURIComponent(value)}`;
      const response = await fetch(url, { headers: { "HX-Request": "true", Accept: "text/html" } });
      if (turn !== asked || !response.ok) return;
      results.innerHTML = await response.text();
      $$(".finder-hit", results).forEach((hit, place) => {
        hit.id = `finder-hit-${place}`;
        hit.setAttribute("role", "option");
        hit.setAttribute("aria-selected", "false");
      });
      results.hidden = false;
      input.setAttribute("aria-expanded", "true");
    } catch {
      online();
    }
  };
  input.addEventListener("compositionstart", () => { composing = true; });
  input.addEventListener("compositionend", () => { composing = false; clearTimeout(timer); timer = setTimeout(ask, 200); });
  input.addEventListener("input", (event) => {
    if (composing || event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(ask, 200);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || results.hidden) return;
    const hits = $$(".finder-hit", results);
    const at = hits.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(hits[(at + (event.key === "ArrowDown" ? 1 : -1) + hits.length) % hits.length]);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      hits[at].click();
    } else if (event.key === "Escape") close();
  });
  input.addEventListener("focus", () => { if (results.childElementCount && input.value.trim()) results.hidden = false; });
  document.addEventListener("click", (event) => { if (!box.contains(event.target)) close(); });
}

/* ---- Keyboard: rows of a [data-list] ---- */
const rows = () => $$("[data-list] > [data-row], [data-list] > tr").filter((row) => row.offsetParent !== null);
function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.classList.contains("is-current"));
  const next = all[Math.min(all.length - 1, Math.max(0, at + step))];
  for (const row of all) row.classList.toggle("is-current", row === next);
  next.scrollIntoView({ block: "nearest" });
  next.dispatchEvent(new CustomEvent("rowchange", { bubbles: true }));
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    $("[data-finder-input]")?.focus();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || $("dialog[open]")) return;
  const current = $("[data-list] > .is-current");
  switch (event.key) {
    case "/":
      event.preventDefault();
      ($("[data-list-search]") || $("[data-finder-input]"))?.focus();
      break;
    case "?": $("#keys-dialog").showModal(); break;
    case "j": move(1); break;
    case "k": move(-1); break;
    case "Enter":
      if (current && !event.target.closest("a, button, summary")) $("a[href]", current)?.click();
      break;
    case "x": {
      const box = current && $("input[type=checkbox]", current);
      if (box) { box.checked = !box.checked; box.dispatchEvent(new Event("change", { bubbles: true })); }
      break;
    }
    default: {
      // A button or link of the page that claims the key: <button data-key="a">.
      const owner = $$(`[data-key="${CSS.escape(event.key)}"]`).find((el) => el.offsetParent !== null && !el.disabled);
      if (owner) { event.preventDefault(); owner.click(); }
    }
  }
});

/* ---- Bulk selection: [data-bulk] holds the boxes, .bulk-bar appears with the count ---- */
document.addEventListener("change", (event) => {
  const scope = event.target.closest("[data-bulk]");
  if (!scope) return;
  if (event.target.matches("[data-select-all]")) {
    for (const box of $$("input[data-select]", scope)) if (box.offsetParent !== null) box.checked = event.target.checked;
  }
  const chosen = new Set($$("input[data-select]:checked", scope).map((box) => box.value)).size;
  const bar = $(".bulk-bar", scope);
  if (bar) {
    bar.hidden = chosen === 0;
    const count = $("[data-count]", bar);
    if (count) count.textContent = chosen;
  }
});

/* ---- Forms: drafts on every keystroke, warning before leaving ---- */
function draft(form) {
  const key = `draft:${document.body.dataset.user || ""}:${form.dataset.draft}`;
  const state = $("[data-draft-state]", form);
  const skip = (field) => !field.name || field.type === "hidden" || field.type === "file" || field.type === "password";
  try {
    const kept = JSON.parse(localStorage.getItem(key) || "null");
    if (kept && !form.querySelector(".has-error")) {
      for (const field of form.elements) {
        if (skip(field) || !(field.name in kept)) continue;
        if (field.type === "checkbox" || field.type === "radio") field.checked = kept[field.name].includes(field.value);
        else if (!field.value || field.value === field.defaultValue) [field.value] = kept[field.name];
      }
      if (state) state.textContent = text("savedText");
      form.dispatchEvent(new CustomEvent("draftrestored", { bubbles: true }));
    }
  } catch { localStorage.removeItem(key); }
  form.addEventListener("input", () => {
    const values = {};
    for (const field of form.elements) {
      if (skip(field)) continue;
      if (field.type === "checkbox" || field.type === "radio") {
        values[field.name] ??= [];
        if (field.checked) values[field.name].push(field.value);
      } else values[field.name] = [field.value];
    }
    try {
      localStorage.setItem(key, JSON.stringify(values));
      if (state) state.textContent = text("savedText");
    } catch { /* a full store loses the draft, not the page */ }
  });
  form.addEventListener("submit", (event) => {
    // Kept until the server has answered with another page: see below.
    if (!event.defaultPrevented) sessionStorage.setItem("draft-sent", key);
  });
}
// The page after a submission carries no form with that draft any more: it arrived.
const sent = sessionStorage.getItem("draft-sent");
if (sent) {
  sessionStorage.removeItem("draft-sent");
  const name = sent.split(":").slice(2).join(":");
  if (!$(`form[data-draft="${CSS.escape(name)}"]`)) localStorage.removeItem(sent);
}

let dirty = false;
document.addEventListener("input", (event) => { if (event.target.closest("form[data-guard]")) dirty = true; });
document.addEventListener("submit", (event) => { if (!event.defaultPrevented) dirty = false; });
document.addEventListener("queued", () => { dirty = false; }); // what waits for a signal is safe
window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

// A second press of the same button does not send twice.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.matches("[hx-post], [hx-get], [method=get], [data-resubmit]")) return;
  const button = event.submitter;
  setTimeout(() => { if (button) button.disabled = true; }, 0);
  setTimeout(() => { if (button) button.disabled = false; }, 8000);
});

// Selects and boxes that apply at once: <select data-auto-submit>
document.addEventListener("change", (event) => { if (event.target.matches("[data-auto-submit]")) event.target.form.requestSubmit(); });

/* ---- htmx: say what went wrong, show that something is under way ---- */
let waiting = 0;
let slow = 0;
document.addEventListener("htmx:beforeRequest", () => {
  waiting += 1;
  slow ||= setTimeout(() => document.body.classList.add("is-loading"), 300);
});
document.addEventListener("htmx:afterRequest", () => {
  waiting -= 1;
  if (waiting <= 0) { waiting = 0; clearTimeout(slow); slow = 0; document.body.classList.remove("is-loading"); }
});
document.addEventListener("htmx:sendError", () => { online(); toast(text("offlineText"), "warn"); });
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status >= 500 || event.detail.xhr.status === 404) toast(text("errorText"), "bad");
});

/* ---- Things to set up in a page or in a fragment that came later ---- */
const once = new WeakSet();
const fresh = (el) => !once.has(el) && once.add(el);
function load(src) {
  return new Promise((resolve, reject) => {
    const known = document.querySelector(`script[src="${src}"]`);
    if (known?.dataset.ready) return resolve();
    const script = known || Object.assign(document.createElement("script"), { src });
    script.addEventListener("load", () => { script.dataset.ready = "1"; resolve(); });
    script.addEventListener("error", reject);
    if (!known) document.head.append(script);
  });
}
const vendor = (path) => new URL(`../vendor/${path}`, import.meta.url).pathname;

async function pickers(selects) {
  if (!document.querySelector("link[data-ts]")) {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: vendor("tom-select/tom-select.min.css") });
    link.dataset.ts = "1";
    document.head.append(link);
  }
  await load(vendor("tom-select/tom-select.min.js"));
  for (const select of selects) {
    const source = select.dataset.src;
    const options = { maxOptions: 200, plugins: select.multiple ? ["remove_button"] : [], placeholder: select.dataset.placeholder || "" };
    if (source) {
      // Remote: {results: [{value, text, note}]}; the server's order is kept.
      Object.assign(options, {
        valueField: "value", labelField: "text", searchField: [], sortField: [{ field: "$order" }],
        shouldLoad: (query) => query.length > 0,
        load: (query, done) => {
          fetch(`${source}${source.includes("?") ? "&" : "?"}q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" } })
            .then((response) => response.json()).then((data) => done(data.results)).catch(() => done());
        },
        onType() { this.clearOptions(); },
        render: {
          option: (data, escape) => `<div>${escape(data.text)}${data.note ? ` <small class="text-secondary">${escape(data.note)}</small>` : ""}</div>`,
        },
      });
    }
    new window.TomSelect(select, options);
    // The list that tom-select builds carries the label; the hidden original would be read twice.
    select.setAttribute("aria-hidden", "true");
  }
}

function setUp(root) {
  const charts = $$("[data-chart]", root).filter(fresh);
  if (charts.length) import("./charts.js").then((module) => module.draw(charts, load, vendor));
  const selects = $$("select[data-picker]", root).filter(fresh);
  if (selects.length) pickers(selects);
  for (const form of $$("form[data-draft]", root).filter(fresh)) draft(form);
  for (const box of $$("[data-finder]", root).filter(fresh)) finder(box);
  // Widths that only the server knows: <span data-width="37">
  for (const el of $$("[data-width]", root)) el.style.width = `${el.dataset.width}%`;
  // What scrolls sideways must be reachable by keyboard.
  for (const box of $$(".table-responsive:not([tabindex])", root)) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
  $("[data-focus]", root)?.focus();
}
document.addEventListener("htmx:load", (event) => setUp(event.detail.elt));
setUp(document);
online();
