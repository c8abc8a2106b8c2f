// A page that asks for a newer state of itself: what somebody is pressing is not drawn away between down and up, since the
// click would be lost. The next state comes by itself.
"use strict";

(() => {
  let pressed = null;
  const up = () => setTimeout(() => { pressed = null; }); // the click comes first
  document.addEventListener("pointerdown", (event) => { pressed = event.target; }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === " " || event.key === "Enter") pressed = event.target;
  }, true);
  for (const name of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(name, up, true);
  window.addEventListener("blur", up);

  document.addEventListener("htmx:beforeSwap", (event) => {
    const polled = event.detail.requestConfig?.elt?.matches('[hx-trigger*="every "]');
    if (polled && pressed && event.detail.target.contains(pressed)) event.detail.shouldSwap = false;
  });
})();
