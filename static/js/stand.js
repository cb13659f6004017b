// Signing people in at a stand: every entry gets its own key and time here, so that it may be sent twice.
// Without a signal it waits in the queue of the shell (static/js/queue.js), and the form is free again.

const form = document.getElementById("stand");
const mark = () => {
  form.elements.key.value = self.crypto?.randomUUID ? crypto.randomUUID() : [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
  form.elements.signed_at.value = new Date().toISOString();
};
form.addEventListener("submit", mark);
form.elements.msisdn?.focus();
