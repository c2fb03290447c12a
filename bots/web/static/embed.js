// One script tag puts the chat on a broker's own page; see docs/embedding-web.md.
{
  const script = document.currentScript;
  const address = new URL("/chat?embed", script.src);
  if (script.dataset.language) address.searchParams.set("lang", script.dataset.language);

  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = script.dataset.title || "Sospeso";
  frame.width = "100%";
  frame.height = script.dataset.height || "720";
  frame.setAttribute("frameborder", "0");
  frame.setAttribute("allow", "");
  frame.referrerPolicy = "origin";

  const place = script.dataset.target ? document.querySelector(script.dataset.target) : null;
  if (place) place.replaceChildren(frame);
  else script.after(frame);
}
