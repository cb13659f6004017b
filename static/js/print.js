// Printed forms: a button, because closed networks have browsers without menus.
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
