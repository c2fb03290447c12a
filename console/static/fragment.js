// Shows a fragment that our templates escaped; a press on something that opens or picks is told to the server.
export function render({ model }) {
  const place = document.createElement("div");
  const draw = () => { place.innerHTML = model.html; };
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
