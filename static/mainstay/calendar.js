// The calendar: things open in a window over the page, and are dragged to another day. Every page works without it.
"use strict";

(() => {
  const box = document.getElementById("peek-box");
  if (!box) return;
  let opener = null;

  // What was asked for is there: show it. A refusal is shown as well. Whatever else came of it, such as a page to sign
  // in or an error, is no part of this page: the browser goes there.
  const parts = ["peek", "calendar"];
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr, pathInfo } = event.detail;
    if (!parts.includes(target.id)) return;
    if (target.id === "peek" && [400, 409].includes(xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    } else if (new URL(xhr.responseURL).pathname !== new URL(pathInfo.requestPath, location).pathname) {
      event.detail.shouldSwap = false;
      location.assign(xhr.responseURL);
    }
  });
  const leave = ({ detail }) => parts.includes(detail.target.id) && location.assign(detail.pathInfo.finalRequestPath);
  document.addEventListener("htmx:responseError", leave);
  document.addEventListener("htmx:sendError", leave);
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "peek") return;
    for (const button of box.querySelectorAll("[data-close]")) button.hidden = false;
    if (!box.open) {
      opener = document.activeElement;
      box.showModal();
    }
    box.querySelector("h2")?.setAttribute("tabindex", "-1");
    (box.querySelector("[role=alert]")?.closest("form")?.querySelector(".ms-primary") ?? box.querySelector("h2"))?.focus();
  });
  box.addEventListener("click", (event) => {
    if (event.target === box || event.target.closest("[data-close]")) box.close();
  });
  box.addEventListener("close", () => opener?.focus?.());

  // Each day that is to come has a link to a campaign on it; without this page's script there is one below the calendar.
  const offer = () => {
    for (const table of document.querySelectorAll("table[data-new]")) {
      for (const day of table.querySelectorAll("td[data-day]:not(.d-out)")) {
        if (day.dataset.day < table.dataset.from || day.querySelector(".d-new")) continue;
        const link = document.createElement("a");
        link.className = "d-new";
        link.href = `${table.dataset.new}&day=${day.dataset.day}`;
        link.textContent = "+";
        link.setAttribute("aria-label", `${table.dataset.name}: ${day.querySelector("time i").textContent}`);
        day.querySelector("time").after(link);
      }
    }
  };
  offer();
  document.addEventListener("htmx:afterSettle", offer);

  // A link is draggable by itself; the day it is dropped on asks what the move would do.
  const dayAt = (event) => event.target.closest?.("td[data-day]");
  let dragged = null;
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-plan] td li a[href]");
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    const day = dragged && dayAt(event);
    if (!day) return;
    event.preventDefault();
    day.classList.add("d-over");
  });
  document.addEventListener("dragleave", (event) => dayAt(event)?.classList.remove("d-over"));
  document.addEventListener("dragend", () => (dragged = null));
  document.addEventListener("drop", (event) => {
    const day = dragged && dayAt(event);
    if (!day) return;
    event.preventDefault();
    day.classList.remove("d-over");
    if (day === dragged.closest("td")) return;
    const address = `${dragged.pathname}move/?to=${day.dataset.day}`;
    dragged = null;
    htmx.ajax("GET", address, { target: "#peek", swap: "innerHTML" });
  });
})();
