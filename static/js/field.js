// In the field: the position, taken when its button is pressed and at no other moment, and photos.

/* ---- Position: with the act, if its person agrees; without it the act counts all the same ---- */
const WANTED = "position-wanted";
const wanted = () => localStorage.getItem(WANTED) !== "no";
const holds = "geolocation" in navigator && window.isSecureContext;
for (const box of document.querySelectorAll("[data-position-switch]")) {
  box.closest("[data-enhance-position]").hidden = !holds;
  box.checked = wanted();
  box.addEventListener("change", () => localStorage.setItem(WANTED, box.checked ? "yes" : "no"));
}
// Found positions are good for a minute; a phone that finds none is not waited for longer than eight seconds.
function locate() {
  return new Promise((resolve) => {
    if (!holds) resolve({ fix: "NONE" });
    else navigator.geolocation.getCurrentPosition(
      ({ coords, timestamp }) => resolve({
        fix: "GIVEN", latitude: coords.latitude.toFixed(6), longitude: coords.longitude.toFixed(6),
        accuracy_m: Math.round(coords.accuracy), age_s: Math.max(0, Math.round((Date.now() - timestamp) / 1000)),
      }),
      (error) => resolve({ fix: error.code === 1 ? "REFUSED" : "NONE" }),
      { enableHighAccuracy: true, timeout: 8000, maximumAge: 60_000 },
    );
  });
}
function write(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements[name] || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
    field.value = value;
  }
}
document.addEventListener("beforequeue", (event) => {
  if (!event.target.matches("[data-position]")) return;
  event.detail.push(wanted() ? locate().then((found) => write(event.target, found)) : write(event.target, { fix: "UNSENT" }));
});
const filler = document.querySelector("[data-fill-position]");
if (filler && holds) {
  filler.hidden = false;
  filler.addEventListener("click", async () => {
    const found = await locate();
    if (found.fix !== "GIVEN") return document.dispatchEvent(new CustomEvent("toast", { detail: filler.dataset.refused }));
    document.getElementById("id_latitude").value = found.latitude;
    document.getElementById("id_longitude").value = found.longitude;
    document.querySelector("input[name=read_from][value=WGS]").checked = true;
    return undefined;
  });
}

/* ---- Photos: made smaller, drawn anew (nothing of the original but the picture), and put into the queue ---- */
const LONGEST = 1600;
const form = document.getElementById("photo-form");
if (form) {
  const queue = self.crmQueue;
  const list = document.getElementById("photos");
  const state = document.getElementById("photo-state");
  const me = document.body.dataset.user;
  const at = new URL(form.action).pathname;
  const input = form.querySelector("input[type=file]");

  async function smaller(file) {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff"; // what is clear in a PNG is white in a JPEG
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return new Promise((resolve, reject) => { canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("empty"))), "image/jpeg", 0.82); });
  }
  const shown = new Map();
  async function show() {
    const waiting = (await queue.all(me)).filter((item) => item.url === at);
    for (const item of waiting) {
      if (shown.has(item.id)) continue;
      const [, blob] = item.payload.find(([name]) => name === "photo");
      const picture = Object.assign(document.createElement("img"), { src: URL.createObjectURL(blob), alt: `${list.dataset.waiting}: ${item.title}` });
      const place = document.createElement("li");
      place.className = "is-waiting";
      place.append(picture);
      list.append(place);
      shown.set(item.id, place);
    }
  }
  input.addEventListener("change", async () => {
    for (const file of [...input.files]) {
      try {
        const blob = await smaller(file);
        await queue.add({ user: me, kind: "photo", url: at, title: form.dataset.title, about: location.pathname, payload: [["photo", blob]] });
      } catch {
        state.textContent = form.dataset.kindText;
        state.classList.add("text-warn");
      }
    }
    input.value = "";
    await show();
    document.dispatchEvent(new CustomEvent("queuewaits"));
  });
  queue.listen((news) => {
    if (news.type === "sent" && news.item.url === at) shown.get(news.item.id)?.classList.remove("is-waiting");
  });
  show();
}
