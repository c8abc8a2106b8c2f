// A button that cannot be undone asks first: `hx-confirm` by itself does that only where htmx sends the form.
"use strict";

document.addEventListener("submit", (event) => {
  const question = event.submitter?.getAttribute("hx-confirm");
  if (!question || confirm(question)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
