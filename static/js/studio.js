// Sliders beside numbers, and the sum of the weights as one goes; without this the numbers alone do the work.

const form = document.getElementById("numbers");
const sum = form.querySelector("[data-sum]");
const submit = form.querySelector("[data-needs-sum]");
const note = form.querySelector("[data-sum-note]");
const weights = [...form.querySelectorAll("[data-weight]")];

function add() {
  const total = Math.round(weights.reduce((all, field) => all + (Number(field.value) || 0), 0) * 100) / 100;
  sum.value = String(total);
  sum.closest(".studio-sum").classList.toggle("is-wrong", total !== 100);
  if (submit) submit.disabled = total !== 100;
  if (note) note.hidden = total === 100;
}

// What the right side says belongs to the numbers it was asked with.
const before = new URLSearchParams(new FormData(form)).toString();
const answer = document.getElementById("answer");
function outdate() {
  const stale = new URLSearchParams(new FormData(form)).toString() !== before;
  answer.classList.toggle("is-stale", stale);
  answer.querySelector("[data-stale-note]").hidden = !stale;
  for (const button of answer.querySelectorAll("button, .btn")) button.inert = stale;
}

form.addEventListener("input", (event) => {
  const field = event.target;
  if (field.dataset.slides) document.getElementById(field.dataset.slides).value = field.value;
  else for (const slider of form.querySelectorAll(`[data-slides="${CSS.escape(field.id || "-")}"]`)) slider.value = field.value;
  add();
  outdate();
});
add();
