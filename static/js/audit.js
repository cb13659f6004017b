// The comparison sheet: verdicts follow what is typed, keys 1–5 judge, Enter goes to the next field.

const form = document.querySelector("[data-audit]");
if (form) {
  const lines = [...form.querySelectorAll("[data-line]")];
  const counter = form.querySelector("[data-judged]");
  const count = () => {
    counter.textContent = `${lines.filter((line) => line.querySelector("input[type=radio]:checked")).length} / ${lines.length}`;
  };
  const lineOf = (target) => target.closest("[data-line]");
  const first = (line) => line.querySelector("[data-found]") || line.querySelector("input[type=radio]");
  const go = (line, step) => {
    const next = lines[lines.indexOf(line) + step];
    if (!next) return;
    first(next).focus({ preventScroll: true });
    next.scrollIntoView({ block: "center" });
  };
  form.addEventListener("change", (event) => {
    // What was typed is compared by the server: an old verdict must not stand in its way.
    if (event.target.matches("[data-found]")) for (const radio of lineOf(event.target).querySelectorAll("input[type=radio]")) radio.checked = false;
    count();
  });
  form.addEventListener("keydown", (event) => {
    const line = lineOf(event.target);
    if (!line || event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" && event.target.tagName === "INPUT") {
      event.preventDefault();
      go(line, 1);
    } else if (event.altKey ? /^[1-5]$/.test(event.key) : event.target.type === "radio" && /^[1-5]$/.test(event.key)) {
      event.preventDefault();
      const radio = line.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
      radio.checked = true;
      radio.dispatchEvent(new Event("change", { bubbles: true }));
      go(line, 1);
    }
  });
}
