// Signing people in at a stand: every entry gets its own key and time here, so that it may be sent twice.
// Without a signal it waits in the queue of the shell (docs/offline.md), and the form is free for the next one.

const form = document.getElementById("stand");
const note = document.getElementById("stand-note");
const uuid = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("").replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
};
let passed = false;

async function put() {
  const name = form.elements.name.value.trim();
  const payload = new FormData(form);
  payload.delete("csrfmiddlewaretoken");
  await self.crmQueue.add({
    user: document.body.dataset.user, kind: `sign-in ${form.elements.key.value}`, url: location.pathname,
    title: form.dataset.title.replace("{name}", name), about: location.pathname, payload,
  });
  form.reset();
  note.textContent = note.dataset.kept.replace("{name}", name);
  note.hidden = false;
  form.elements.msisdn.focus();
}

form.addEventListener("submit", async (event) => {
  if (passed) return;
  form.elements.key.value = uuid();
  form.elements.signed_at.value = new Date().toISOString();
  if (!self.crmQueue || !document.body.dataset.user) return;
  event.preventDefault();
  form.inert = true; // pressed once is once
  try {
    let token = "";
    try {
      const hello = await self.crmQueue.hello(4000);
      if (String(hello.user || "") === document.body.dataset.user) token = hello.token;
    } catch { /* no signal */ }
    if (token) {
      form.elements.csrfmiddlewaretoken.value = token;
      passed = true;
      form.requestSubmit();
    } else await put();
  } finally {
    form.inert = false;
  }
});
form.elements.msisdn.focus();
