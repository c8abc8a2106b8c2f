// A form that is sent twice in a moment, by a double click or a second Enter, is sent once. Whatever writes is safe
// against that by itself as well; this keeps the second answer from taking the place of the first.
"use strict";

(() => {
  const MOMENT = 2000;
  const sent = new WeakMap();
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return; // htmx sends it
    const [at, by] = sent.get(event.target) ?? [-MOMENT, null];
    if (event.timeStamp - at < MOMENT && by === event.submitter) event.preventDefault();
    else sent.set(event.target, [event.timeStamp, event.submitter]);
  });
})();
