// The approval desk: moving through the queue opens the entry beside it; r opens the reasons.

const wide = window.matchMedia("(min-width: 992px)");
const current = () => document.querySelector("#desk-body [data-list] > .is-current");

document.addEventListener("rowchange", (event) => {
  if (!wide.matches) return;
  window.htmx.ajax("GET", event.target.querySelector("[data-open]").href, { target: "#desk-entry", swap: "innerHTML" });
});

// On the phone an entry is a page of its own.
document.addEventListener("htmx:confirm", (event) => {
  if (!wide.matches && event.target.matches("[data-open]")) {
    event.preventDefault();
    window.location.assign(event.target.href);
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-open]");
  if (!link) return;
  for (const row of document.querySelectorAll("#desk-body [data-row]")) row.classList.toggle("is-current", row.contains(link));
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "desk-body" || event.target.id === "desk-body") current()?.scrollIntoView({ block: "nearest" });
});

// A refused decision is told at the top: let it be seen.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "flash") event.detail.target.scrollIntoView({ block: "nearest" });
});

// r opens the reasons with the cursor in the free one; while it is empty a digit still takes a quick one.
document.addEventListener("toggle", (event) => {
  if (event.target.id === "return" && event.target.open && wide.matches) event.target.querySelector("[name=reason]").focus();
}, true);
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!field.matches("#return [name=reason]") || field.value || !/^[1-5]$/.test(event.key)) return;
  const quick = field.form.querySelector(`[data-key="${event.key}"]`);
  if (!quick) return;
  event.preventDefault();
  quick.click();
});

if (window.location.hash === "#return") {
  const details = document.getElementById("return");
  if (details) {
    details.open = true;
    details.scrollIntoView({ block: "center" });
  }
}

/* ---- On the phone a card can be swiped: to the right approves, to the left opens the reasons ---- */
// The buttons stay: swiping is a shortcut. It takes nearly half of the card, so that scrolling never decides.
const NEARLY_HALF = 0.42;
let touch = null;
const marks = ["is-swiped-right", "is-swiped-left"];

document.addEventListener("touchstart", (event) => {
  const row = event.touches.length === 1 && !wide.matches && event.target.closest("#desk-body .desk-line");
  touch = row ? { row, x: event.touches[0].clientX, y: event.touches[0].clientY } : null;
}, { passive: true });

function swiped(at) {
  const across = at.clientX - touch.x;
  const far = Math.abs(across) > touch.row.offsetWidth * NEARLY_HALF && Math.abs(across) > 3 * Math.abs(at.clientY - touch.y);
  return far ? (across > 0 ? "right" : "left") : "";
}

document.addEventListener("touchmove", (event) => {
  if (!touch) return;
  const way = swiped(event.touches[0]);
  touch.row.classList.toggle("is-swiped-right", way === "right");
  touch.row.classList.toggle("is-swiped-left", way === "left");
}, { passive: true });

document.addEventListener("touchend", (event) => {
  if (!touch) return;
  const { row } = touch;
  const way = swiped(event.changedTouches[0]);
  touch = null;
  row.classList.remove(...marks);
  if (way) row.querySelector(`[data-swipe="${way}"]`).click();
});
document.addEventListener("touchcancel", () => {
  touch?.row.classList.remove(...marks);
  touch = null;
});

// What somebody else decided meanwhile is told above the queue: let it be seen.
document.addEventListener("htmx:afterSwap", () => {
  document.querySelector("#desk-body [data-refusal]")?.scrollIntoView({ block: "nearest" });
});

// Heights that only the server knows: bars of a trend.
for (const bar of document.querySelectorAll("[data-height]")) bar.style.height = `${bar.dataset.height}%`;

// What came of many stands on the page that was sent: loading it again shows the desk, and sends nothing twice.
const outcome = document.querySelector("[data-desk]");
if (outcome) window.history.replaceState(null, "", outcome.dataset.desk);
