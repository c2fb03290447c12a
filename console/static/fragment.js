// Shows a fragment that our templates escaped; a press on something that opens or picks is told to the server.
const AGENCY = document.title;

export function render({ model }) {
  const place = document.createElement("div");
  const draw = () => {
    const held = place.getRootNode().activeElement?.closest("[data-press]")?.dataset.press;
    const open = [...place.querySelectorAll("details")].map((fold) => fold.open);
    place.innerHTML = model.html;
    // of a customer's page it is what they ask for: names stay out of the browser's history
    const shown = place.querySelector("[data-title]");
    if (shown) document.title = `${shown.dataset.title} · ${AGENCY}`;
    const folds = [...place.querySelectorAll("details")];
    if (folds.length === open.length) folds.forEach((fold, at) => { fold.open = open[at]; }); // what somebody reads stays unfolded
    // whoever goes by keyboard or listens stays on what they pressed, and hears what it has become
    if (held) place.querySelector(`[data-press="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
    // what the press did stands at the head of the page, the button often at its foot; the frame waits until it is laid out
    requestAnimationFrame(() => place.querySelector(".note[role]")?.scrollIntoView({ block: "center" }));
  };
  place.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-press]");
    if (!pressed || event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab goes by the address
    event.preventDefault();
    model.send_msg(pressed.dataset.press);
  });
  model.on("html", draw);
  draw();
  return place;
}
