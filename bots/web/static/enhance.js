// Everything here is a comfort; every page works without it.
const all = (selector) => document.querySelectorAll(selector);
const one = (selector) => document.querySelector(selector);

// A problem is read out and seen first.
all("[data-focus]").forEach((problem) => problem.focus({ preventScroll: false }));

// One press, one turn: the button waits, the drop breathes, nothing is sent twice.
all("form").forEach((form) => form.addEventListener("submit", (event) => {
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
  form.querySelectorAll(".button").forEach((button) => button.setAttribute("aria-disabled", "true"));
  one(".said")?.classList.add("waiting");
}));

// Coming back with the browser's own button finds the form ready again.
addEventListener("pageshow", () => all("form").forEach((form) => {
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
  form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
}));

// What has been chosen for upload, by name and size.
all("input[type=file]").forEach((input) => input.addEventListener("change", () => {
  const file = input.files[0];
  const output = one(`output[for="${input.id}"]`);
  if (!file || !output) return;
  const size = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 });
  const name = Object.assign(document.createElement("bdi"), { textContent: file.name });
  output.replaceChildren(name, ` · ${size.format(file.size / 1e6)}`);
}));

// Places are proposed while typing; what is sent is still read by the server.
all("input[data-places]").forEach((input) => {
  const list = document.getElementById(input.getAttribute("list"));
  let asked = "";
  input.addEventListener("input", async () => {
    const typed = input.value.trim();
    if (typed.length < 2 || typed === asked) return;
    asked = typed;
    const query = new URLSearchParams({ kind: input.dataset.places, q: typed, lang: document.documentElement.lang });
    const answer = await fetch(`/chat/places?${query}`).catch(() => null);
    if (!answer?.ok || asked !== typed) return;
    const places = await answer.json();
    list.replaceChildren(...places.map((place) => Object.assign(document.createElement("option"), { value: place })));
  });
});

// A lost connection is said, not guessed.
const offline = () => all("[data-offline]").forEach((note) => { note.hidden = navigator.onLine; });
addEventListener("online", offline);
addEventListener("offline", offline);
offline();

// The agency says something unasked: the page offers to show it, and never changes under a person's hands. What a colleague writes in a
// talk joins the talk; what is being typed under it stays.
const news = () => all("[data-news]").forEach((note) => { note.hidden = false; });
const join = async (talk) => {
  const answer = await fetch(location.href).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const fresh = page?.querySelector("[data-live]");
  if (!fresh) return news();
  talk.replaceChildren(...fresh.childNodes);
  // a form sent after this carries the turn that is shown now
  all("input[name=turn]").forEach((input) => { input.value = page.querySelector("input[name=turn]").value; });
};
const events = document.body.dataset.events;
if (events) {
  const source = new EventSource(events);
  source.addEventListener("turn", () => one("[data-live]") ? join(one("[data-live]")) : news());
  addEventListener("pagehide", () => source.close());
}

// Printing needs a script, so its button appears with one. On paper every fold is open.
all("[data-printing]").forEach((line) => { line.hidden = false; });
all("[data-print]").forEach((button) => button.addEventListener("click", () => print()));
addEventListener("beforeprint", () => all("details:not([open])").forEach((fold) => {
  fold.open = true;
  fold.dataset.opened = "yes";
}));
addEventListener("afterprint", () => all("details[data-opened]").forEach((fold) => { fold.open = false; }));
