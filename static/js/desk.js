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

if (window.location.hash === "#return") {
  const details = document.getElementById("return");
  if (details) {
    details.open = true;
    details.scrollIntoView({ block: "center" });
  }
}
