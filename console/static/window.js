// What the library's frame does not know: whether its menu finds room beside the page, what its buttons are called in the reader's language,
// and that somebody went back.
const NARROW = matchMedia("(max-width: 899.95px)");

export function render({ model }) {
  const place = document.createElement("div");
  const tell = () => {
    model.is_narrow = NARROW.matches;
  };
  const rename = (root) => {
    for (const button of root.querySelectorAll(".header button[aria-label]")) {
      const name = model.names[button.getAttribute("aria-label")];
      if (name) button.setAttribute("aria-label", name);
    }
    // spacers of the library, which it writes as headings of nothing
    for (const spacer of root.querySelectorAll("h5.MuiTypography-root")) if (!spacer.textContent.trim()) spacer.ariaHidden = "true";
    for (const tip of root.querySelectorAll(".MuiTooltip-tooltip")) {
      const name = model.names[tip.textContent];
      if (name) tip.firstChild.data = name;
    }
  };
  const seen = new MutationObserver((changes) => rename(changes[0].target.getRootNode()));
  // the frame waits until this stands in the page's header
  requestAnimationFrame(() => {
    const root = place.getRootNode().host.getRootNode();
    seen.observe(root, { subtree: true, childList: true, attributeFilter: ["aria-label"] });
    rename(root);
  });
  const address = () => {
    if (model.search !== location.search) history.pushState({}, "", location.pathname + model.search + location.hash);
  };
  const back = () => {
    model.search = location.search; // the same as the address: nothing is pushed
  };
  model.on("search", address);
  addEventListener("popstate", back);
  NARROW.addEventListener("change", tell);
  tell();
  model.on("remove", () => {
    NARROW.removeEventListener("change", tell);
    removeEventListener("popstate", back);
    seen.disconnect();
  });
  return place;
}
