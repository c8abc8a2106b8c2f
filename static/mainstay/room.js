// The meeting room: a clock that runs, notes that are saved while they are written, one key for what has to be caught,
// and what happens when the connection drops. Every page works without it.
"use strict";

(() => {
  const offline = document.getElementById("offline");
  const say = (gone) => { if (offline) offline.hidden = !gone; };
  document.addEventListener("htmx:sendError", () => say(true));
  document.addEventListener("htmx:afterOnLoad", () => say(false));

  // What somebody has chosen or is typing is not drawn away by a newer state, nor a button while it is pressed: its
  // click would be lost. The next look brings what was left out; a refusal comes once only, so it is always shown.
  let pressed = null;
  document.addEventListener("pointerdown", (event) => { pressed = event.target; });
  for (const over of ["pointerup", "pointercancel"]) {
    document.addEventListener(over, () => setTimeout(() => { pressed = null; }));
  }
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig, serverResponse } = event.detail;
    const focused = document.activeElement;
    const busy = focused?.matches("select, input[type=text], input[type=checkbox], textarea") && target.contains(focused);
    const held = pressed && target.contains(pressed) && !serverResponse.includes('role="alert"');
    if (held || (busy && requestConfig?.verb === "get")) event.detail.shouldSwap = false;
    keep(event.detail);
  });

  // What somebody has chosen and not sent is chosen still after the swap; so is what was sent and refused.
  const chosen = new Map();
  const keep = ({ target, requestConfig, serverResponse }) => {
    const taken = requestConfig?.verb === "post" && !serverResponse.includes('role="alert"');
    chosen.clear();
    for (const field of target.querySelectorAll("select[id], input[type=checkbox][id]")) {
      if (!(taken && requestConfig.elt.contains(field))) chosen.set(field.id, [field.value, field.checked]);
    }
  };
  document.addEventListener("htmx:afterSwap", () => {
    for (const [id, [value, checked]] of chosen) {
      const field = document.getElementById(id);
      if (field?.type === "checkbox") field.checked = checked;
      else if (field) field.value = value;
    }
    chosen.clear();
  });

  // The clock: what is left of an item, or by how much it is over.
  const tick = () => {
    for (const clock of document.querySelectorAll("[data-until]")) {
      const left = Math.round((new Date(clock.dataset.until).getTime() + clock.dataset.minutes * 60000 - Date.now()) / 1000);
      const whole = Math.abs(left);
      clock.textContent = `${left < 0 ? "+" : ""}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
      clock.classList.toggle("ms-late", left < 0);
    }
  };
  tick();
  setInterval(tick, 1000);

  // Notes: saved a second after the last key; kept in the browser until the server has them.
  const form = document.querySelector("[data-notes]");
  const box = form?.querySelector("textarea");
  if (form) {
    const url = form.dataset.notes;
    const kept = `notes:${url}`;
    const state = document.getElementById("notes-state");
    const conflict = document.getElementById("notes-conflict");
    const theirs = document.getElementById("notes-theirs");
    let version = form.dataset.version;
    let saved = box.value;
    let timer = 0;
    let sending = false;
    const again = (after) => { clearTimeout(timer); timer = setTimeout(save, after); };
    const save = async () => {
      if (sending || !conflict.hidden || box.value === saved) return;
      sending = true;
      const text = box.value;
      try {
        const answer = await fetch(url, {
          method: "POST",
          headers: { "X-CSRFToken": form.querySelector("input[name=csrfmiddlewaretoken]").value },
          body: new URLSearchParams({ text, version }),
          keepalive: text.length < 50000,
        });
        const said = await answer.json();
        say(false);
        if (answer.ok && !said.conflict) {
          version = said.version;
          saved = text;
          state.textContent = new Date(said.at).toLocaleTimeString();
          if (box.value === text) localStorage.removeItem(kept);
        } else if (said.conflict) {
          version = said.version;
          theirs.textContent = said.text;
          conflict.hidden = false;
        } else {
          state.textContent = said.why;
        }
      } catch {
        say(true);
        again(3000);
      } finally {
        sending = false;
        if (box.value !== text) again(1000);
      }
    };
    const earlier = localStorage.getItem(kept);
    if (earlier !== null && earlier !== box.value) {
      box.value = earlier;
      again(500);
    }
    box.addEventListener("input", () => {
      localStorage.setItem(kept, box.value);
      again(1000);
    });
    window.addEventListener("online", () => again(0));
    window.addEventListener("pagehide", () => save());
    for (const button of conflict.querySelectorAll("[data-merge]")) {
      button.addEventListener("click", () => {
        const other = theirs.textContent;
        if (button.dataset.merge === "theirs") box.value = other;
        else if (!box.value.includes(other)) box.value = `${other}\n\n${box.value}`;
        saved = other;
        conflict.hidden = true;
        if (box.value === other) localStorage.removeItem(kept);
        again(0);
        box.focus();
      });
    }
  }

  // One key: in the notes with Alt, elsewhere alone.
  const catching = document.querySelector("[data-catch]");
  const does = { a: "action", r: "recommend", q: "quote" };
  if (catching) {
    const line = catching.querySelector("input[name=text]");
    const press = (what) => catching.querySelector(`button[value=${what}]`);
    document.addEventListener("keydown", (event) => {
      const what = does[event.key.toLowerCase()] ?? does[event.code.replace("Key", "").toLowerCase()];
      if (!what || event.ctrlKey || event.metaKey) return;
      if (event.target === box && event.altKey) {
        event.preventDefault();
        const chosen = box.value.slice(box.selectionStart, box.selectionEnd).trim();
        const begins = box.value.lastIndexOf("\n", box.selectionStart - 1) + 1;
        line.value = (chosen || box.value.slice(begins).split("\n")[0]).trim();
        if (line.value) press(what)?.click();
      } else if (!event.altKey && !event.target.closest("input, textarea, select, [contenteditable]")) {
        event.preventDefault();
        catching.dataset.wanted = what;
        line.focus();
      }
    });
    line.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && catching.dataset.wanted) {
        event.preventDefault();
        press(catching.dataset.wanted).click();
        delete catching.dataset.wanted;
      }
    });
    catching.addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.successful) line.value = "";
    });
  }
})();
