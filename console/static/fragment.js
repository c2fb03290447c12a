// Shows a fragment that our templates escaped; a press on something that opens or picks is told to the server.
export function render({ model }) {
  const place = document.createElement("div");
  const draw = () => {
    place.innerHTML = model.html;
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
