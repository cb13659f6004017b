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

// What was really done decides which result lines are open; the rest opens where it is needed.
const DEPENDS = [
  ["[data-competitor]", "input[name=competitor_operator]:checked:not([value=''])"],
  ["[data-left-early]", "input[name=left_early]:checked"],
  ["[data-opinion]", "input[name=opinion_asked][value='1']:checked"],
  ["[data-due]", "input[name=next_step]:not(:placeholder-shown)"],
];
const filled = (part) => [...part.querySelectorAll("input:not([type=checkbox], [type=radio]), textarea")].some((field) => field.value);
function lines(form) {
  // What a draft brought back is seen.
  const more = form.querySelector(".more-fields");
  if (more && (filled(more) || more.querySelector("input:checked:not([value=''])"))) more.open = true;
  for (const [part, box] of DEPENDS) {
    const open = form.querySelector(part);
    if (open) open.hidden = !form.querySelector(box) && !filled(open);
  }
  const chosen = new Set([...form.querySelectorAll("input[name=purposes]:checked")].map((box) => box.value));
  for (const line of form.querySelectorAll("[data-purpose]")) line.hidden = !chosen.has(line.dataset.purpose);
}
const log = document.querySelector(".log-form");
if (log) {
  log.addEventListener("change", (event) => {
    lines(log);
    const named = log.dataset.queueName && document.getElementById(log.dataset.queueName);
    if (event.target === named) {
      log.dataset.title ||= log.dataset.queueTitle;
      log.dataset.queueTitle = `${log.dataset.title} · ${named.selectedOptions[0].textContent}`;
    }
  });
  // The day is asked for with the first letter of the promise.
  log.elements.next_step?.addEventListener("input", () => lines(log));
  log.addEventListener("draftrestored", () => lines(log));
  // The module runs after the shell restored the draft.
  lines(log);
}

/* ---- The log: the draft goes to the server while it is typed; without a signal it stays on the phone ---- */
if (log?.dataset.draftUrl) {
  const state = document.getElementById("draft-state");
  let timer = 0;
  const save = async () => {
    if (!navigator.onLine || log.inert) return;
    try {
      const answer = await fetch(log.dataset.draftUrl, { method: "POST", body: new FormData(log), redirect: "manual" });
      if (answer.ok) state.innerHTML = await answer.text();
    } catch { /* the shell kept it */ }
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(save, 1500); };
  log.addEventListener("input", later);
  log.addEventListener("draftrestored", later);
}
// What must be there is asked for on the spot, before a form is put away for a signal.
for (const form of document.querySelectorAll("form[data-must-text]")) {
  form.addEventListener("checkoffline", (event) => {
    const seen = (field) => field.closest("[hidden]") === null;
    const empty = [...form.querySelectorAll("[data-must]")].filter((field) => seen(field) && !field.value.trim());
    for (const name of ["opinion_asked", "purposes"]) {
      const first = form.querySelector(`input[name=${name}]`);
      if (first && !form.querySelector(`input[name=${name}]:checked`)) empty.push(first);
    }
    const whom = form.querySelector("select[name=client]");
    if (whom && !whom.value) empty.unshift(whom);
    if (!empty.length) return;
    event.detail.push(empty);
    empty[0].focus();
    document.dispatchEvent(new CustomEvent("toast", { detail: form.dataset.mustText }));
  });
}
