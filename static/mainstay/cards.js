/* Cards that are dragged from column to column. Each has a form whose buttons do the same without a mouse. */
document.addEventListener("DOMContentLoaded", () => {
  const columns = document.querySelector("[data-cards]");
  if (!columns) return;
  let held = null;
  const takes = (column) => held && held.dataset.next.split(" ").includes(column.dataset.state);

  columns.addEventListener("dragstart", (event) => {
    held = event.target.closest("[draggable=true]");
    if (held) event.dataTransfer.effectAllowed = "move";
    for (const column of columns.children) column.classList.toggle("ms-takes", Boolean(takes(column)));
  });
  columns.addEventListener("dragend", () => {
    held = null;
    for (const column of columns.children) column.classList.remove("ms-takes", "ms-over");
  });
  for (const column of columns.children) {
    column.addEventListener("dragover", (event) => {
      if (!takes(column)) return;
      event.preventDefault();
      column.classList.add("ms-over");
    });
    column.addEventListener("dragleave", () => column.classList.remove("ms-over"));
    column.addEventListener("drop", (event) => {
      if (!takes(column)) return;
      event.preventDefault();
      const form = held.querySelector("form");
      const button = form.querySelector(`button[value="${column.dataset.state}"]`);
      if (button) form.requestSubmit(button);
      else window.location = held.querySelector("a").href + "#decide"; // declining takes a reason
    });
  }
});
