// One tap instead of typing: chips that fill a field, and result lines that open with their purpose.

for (const chips of document.querySelectorAll("[data-enhance]")) chips.hidden = false;

const changed = (field) => {
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
};

document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-set], [data-append]");
  if (!chip) return;
  const field = document.getElementById(chip.dataset.set || chip.dataset.append);
  if (chip.dataset.set) field.value = chip.dataset.value;
  else if (!field.value.includes(chip.dataset.value)) field.value = [field.value.trim(), chip.dataset.value].filter(Boolean).join("。");
  for (const other of document.querySelectorAll(`[data-set="${CSS.escape(field.id)}"]`)) {
    other.setAttribute("aria-pressed", String(other.dataset.value === field.value));
  }
  changed(field);
});

// What was really done decides which result lines are open.
function lines(form) {
  const chosen = new Set([...form.querySelectorAll("input[name=purposes]:checked")].map((box) => box.value));
  for (const line of form.querySelectorAll("[data-purpose]")) line.hidden = !chosen.has(line.dataset.purpose);
}
const log = document.querySelector(".log-form");
if (log) {
  log.addEventListener("change", (event) => {
    if (event.target.name === "purposes") lines(log);
  });
  log.addEventListener("draftrestored", () => lines(log));
  // The module runs after the shell restored the draft.
  lines(log);
}

/* ---- Logs written without a signal: kept here, sent once it is back ---- */
const KEY = "crm-outbox";
const box = document.getElementById("outbox");
const mine = () => outbox().filter((item) => item.user === box.dataset.user);
function outbox() {
  try {
    return JSON.parse(localStorage.getItem(KEY) || "[]");
  } catch {
    return [];
  }
}
const keep = (items) => localStorage.setItem(KEY, JSON.stringify(items));
const drop = (item) => keep(outbox().filter((other) => other.url !== item.url || other.user !== item.user));
const put = (item) => keep([...outbox().filter((other) => other.url !== item.url || other.user !== item.user), item]);

function show(sent = 0) {
  const items = mine();
  box.hidden = !items.length && !sent;
  box.replaceChildren();
  if (!items.length && sent) box.textContent = box.dataset.sent;
  for (const [words, part] of [[box.dataset.waiting, items.filter((i) => !i.mend)], [box.dataset.mend, items.filter((i) => i.mend)]]) {
    if (!part.length) continue;
    const line = document.createElement("div");
    line.append(`${words} ${part.length} `);
    for (const item of part) {
      const link = Object.assign(document.createElement("a"), { href: item.url, textContent: item.title });
      line.append(link, " ");
    }
    box.append(line);
  }
}

let sending = false;
async function send() {
  if (sending || !navigator.onLine) return;
  sending = true;
  let sent = 0;
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  for (const item of mine().filter((one) => !one.mend)) {
    try {
      // As a fragment: a refusal then keeps its status instead of leading back to this page.
      const headers = { "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": token, "HX-Request": "true" };
      const answer = await fetch(item.url, { method: "POST", body: item.body, headers });
      const at = new URL(answer.url).pathname;
      if (at.startsWith("/accounts/") || answer.status >= 500) break; // signed out or the server is away: later
      let arrived = answer.redirected && at === "/workbench/";
      if (!arrived && answer.status !== 422) {
        // Refused: perhaps because an earlier sending arrived and only its answer was lost.
        const page = await (await fetch(item.url)).text();
        arrived = page.includes('data-log-state="SUBMITTED"') || page.includes('data-log-state="APPROVED"');
      }
      if (arrived) {
        drop(item);
        localStorage.removeItem(`draft:${item.draft}`);
        sent += 1;
        if (log && item.url === window.location.pathname) log.inert = true;
      } else put({ ...item, mend: true });
    } catch {
      break; // the signal is gone again
    }
  }
  sending = false;
  show(sent);
}

// Without a signal the draft stays in the browser; asking the server would only fail.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!navigator.onLine && event.target.closest(".log-form")) event.preventDefault();
});

if (box) {
  document.addEventListener("submit", (event) => {
    if (navigator.onLine || event.target !== log) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.submitter?.name === "save") return; // the draft is kept by the shell
    const data = new URLSearchParams(new FormData(log));
    data.delete("csrfmiddlewaretoken");
    log.querySelector("[hx-post]")?.remove(); // from here on the queue keeps it
    put({ user: box.dataset.user, url: window.location.pathname, title: log.dataset.title, draft: log.dataset.draft, body: data.toString() });
    show();
    box.scrollIntoView({ block: "center" });
  }, true);
  // Who opens the page of a log to mend it takes it back from the queue; the server kept what was typed.
  for (const item of mine().filter((one) => one.mend && one.url === window.location.pathname)) drop(item);
  window.addEventListener("online", send);
  show();
  send();
}
