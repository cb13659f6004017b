// The client form: fields that depend on others appear when they are asked for.

const form = document.getElementById("client-form");
if (form) {
  const value = (name) => form.elements[name]?.value || "";
  const box = (name) => document.getElementById(`field-${name}`);
  const rules = {
    cluster_kind: () => value("institution_type") === "JL",
    institution_subtype: () => ["JG", "QY", "SY", "ST", "QT"].includes(value("institution_type")),
    bank_level: () => value("key_industry") === "BANK",
    parent: () => value("unit_relation") !== "HQ",
    has_own_finance: () => value("unit_relation") !== "HQ",
    parent_authorized: () => value("unit_relation") !== "HQ",
    has_legal_status: () => value("unit_relation") === "OUTLET",
    authorization_doc: () => value("unit_relation") !== "HQ",
    duplicate_reason: () => Boolean(value("duplicate_reason") || document.querySelector("#hints .notice-warn, #field-name.has-error")),
  };
  const subtype = form.elements.institution_subtype;
  const all = subtype ? [...subtype.options].map((option) => option.cloneNode(true)) : [];
  let shown = null;
  function apply() {
    for (const [name, asked] of Object.entries(rules)) {
      const field = box(name);
      if (field) field.hidden = !asked() && !field.classList.contains("has-error");
    }
    const type = value("institution_type");
    if (subtype && type !== shown) {
      const kept = subtype.value;
      subtype.replaceChildren(...all.filter((option) => !option.value || option.value.startsWith(type)).map((option) => option.cloneNode(true)));
      subtype.value = kept.startsWith(type) ? kept : "";
      shown = type;
    }
  }
  form.addEventListener("change", apply);
  form.addEventListener("draftrestored", apply);
  document.addEventListener("htmx:afterSwap", apply);
  apply();
  // A chip of a missing field leads to the field itself.
  if (location.hash.startsWith("#field-")) {
    const wanted = document.getElementById(location.hash.slice(1));
    if (wanted) {
      wanted.hidden = false;
      setTimeout(() => wanted.querySelector("input:not([type=hidden]), select, textarea")?.focus(), 100);
    }
  }
}
