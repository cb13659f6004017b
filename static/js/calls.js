// The screen of a call: the words of the cards follow what is chosen, and only what the outcome needs is open.

for (const part of document.querySelectorAll("[data-enhance]")) part.hidden = false;
const form = document.querySelector("[data-call]");

const value = (name) => form.elements[name]?.value?.trim() || "";
const OPEN = "××";

// 明天 10:00, as it is said.
function spoken(name) {
  const day = value(`${name}_day`);
  const time = value(`${name}_time`);
  if (!day || !time) return "";
  const away = Math.round((new Date(`${day}T00:00`) - new Date(`${form.dataset.today}T00:00`)) / 86400000);
  const words = form.dataset.days.split("|");
  return `${away >= 0 && away < words.length ? words[away] : day.slice(5)} ${time.slice(0, 5)}`;
}

function salutation() {
  const chosen = form.querySelector("input[name=contact]:checked");
  if (!chosen) return "";
  const { name = "", salutation: known = "" } = chosen.dataset;
  const title = known || value("salutation");
  if (!title) return name;
  return title[0] === name[0] ? title : name.slice(0, 1) + title;
}

function fill() {
  const facts = {
    salutation: salutation(), purpose: value("purpose"), benefit: value("benefit"), place: value("place"),
    slot1: spoken("slot1"), slot2: spoken("slot2"),
  };
  for (const place of document.querySelectorAll("[data-fill]")) {
    if (place.dataset.fill in facts) place.textContent = facts[place.dataset.fill] || OPEN;
  }
  for (const label of document.querySelectorAll("[data-slot-label]")) {
    label.textContent = spoken(label.dataset.slotLabel) || label.dataset.words;
  }
  const chosen = form.querySelector("input[name=contact]:checked");
  const ask = document.getElementById("ask-salutation");
  if (ask) ask.hidden = !chosen || !chosen.hasAttribute("data-key-person") || Boolean(chosen.dataset.salutation);
}

function open() {
  const result = form.querySelector("input[name=result]:checked")?.value || "";
  for (const part of form.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(result);
  const other = document.getElementById("agreed-other");
  if (other) other.hidden = form.querySelector("input[name=agreed]:checked")?.value !== "other";
  const button = form.querySelector("[data-submit-words]");
  if (button) button.textContent = result ? button.dataset.done : button.dataset.later;
}

if (form) {
  form.addEventListener("input", fill);
  form.addEventListener("change", () => {
    fill();
    open();
  });
  form.addEventListener("draftrestored", () => {
    fill();
    open();
  });
  fill();
  open();
}
