// Drag a planned visit to another day: the same form as below the visit, sent by the drop.

const form = document.getElementById("move-form");
let dragged = null;

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-move]") || null;
  if (dragged) event.dataTransfer.effectAllowed = "move";
});

const dayOf = (event) => event.target.closest?.("[data-day]");
document.addEventListener("dragover", (event) => {
  const day = dayOf(event);
  if (!dragged || !day) return;
  event.preventDefault();
  day.classList.add("drop-here");
});
document.addEventListener("dragleave", (event) => dayOf(event)?.classList.remove("drop-here"));
document.addEventListener("drop", (event) => {
  const day = dayOf(event);
  if (!dragged || !day) return;
  event.preventDefault();
  if (day.contains(dragged)) return day.classList.remove("drop-here");
  form.action = dragged.dataset.move;
  form.elements.day.value = day.dataset.day;
  form.submit();
});
document.addEventListener("dragend", () => {
  dragged = null;
  for (const day of document.querySelectorAll(".drop-here")) day.classList.remove("drop-here");
});
