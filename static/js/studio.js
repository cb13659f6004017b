// Sliders beside numbers, and the sum of the weights as one goes; without this the numbers alone do the work.

const form = document.getElementById("numbers");
const sum = form.querySelector("[data-sum]");
const submit = form.querySelector("[data-needs-sum]");
const weights = [...form.querySelectorAll("[data-weight]")];

function add() {
  const total = Math.round(weights.reduce((all, field) => all + (Number(field.value) || 0), 0) * 100) / 100;
  sum.value = String(total);
  sum.closest(".studio-sum").classList.toggle("is-wrong", total !== 100);
  if (submit) submit.disabled = total !== 100;
}

form.addEventListener("input", (event) => {
  const field = event.target;
  if (field.dataset.slides) document.getElementById(field.dataset.slides).value = field.value;
  else for (const slider of form.querySelectorAll(`[data-slides="${CSS.escape(field.id || "-")}"]`)) slider.value = field.value;
  add();
});
add();
