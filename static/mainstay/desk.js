// The desk: countdowns, shortcuts, a selection that outlives a refresh, drafts kept on the server, and who else is here.
// Every page works without it.
"use strict";

(() => {
  const desk = document.querySelector("[data-desk]");
  if (!desk) return;
  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
  // What is sent while the page goes (``leaving``) is sent to its end, but browsers take no more than 64 KiB of that.
  const post = (url, values, leaving = false) =>
    fetch(url, {
      method: "POST",
      headers: { "X-CSRFToken": token(), "HX-Request": "true" },
      body: new URLSearchParams(values),
      keepalive: leaving,
    });

  // Countdowns: the server says when, the browser how long that is.
  const written = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "always", style: "short" });
  const inWords = (seconds) => {
    const steps = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
    const [unit, size] = steps.find(([, size]) => Math.abs(seconds) >= size * 2) ?? steps[3];
    return written.format(Math.trunc(seconds / size), unit);
  };
  const tick = () => {
    for (const due of document.querySelectorAll("time[data-due]")) {
      const left = (new Date(due.dateTime) - Date.now()) / 1000;
      due.classList.toggle("ms-due-breached", left < 0);
      due.textContent = inWords(left);
    }
  };
  tick();
  setInterval(tick, 1000);

  // Shortcuts. None of them works while somebody writes.
  const help = document.getElementById("shortcuts");
  for (const button of document.querySelectorAll("[data-help]")) {
    button.hidden = false;
    button.addEventListener("click", () => help.showModal());
  }
  const busy = (element) => element.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open]");
  const rows = () => [...document.querySelectorAll("tr[data-case]")];
  const current = () => document.activeElement?.closest("tr[data-case]");
  const move = (step) => {
    const all = rows();
    const place = all.indexOf(current());
    const next = all[place < 0 ? (step > 0 ? 0 : all.length - 1) : place + step];
    next?.querySelector(".ms-desk-open").focus();
  };
  const go = (address) => {
    if (address) location.assign(address);
  };
  const write = (id) => {
    const box = document.getElementById(id);
    box?.closest("details")?.setAttribute("open", "");
    box?.focus();
  };
  const give = () => {
    if (desk.dataset.desk === "case") return document.getElementById("to")?.focus();
    const row = current();
    if (row && !document.querySelector("input[name=case]:checked")) row.querySelector("input[name=case]").checked = true;
    document.querySelector("button[name=do][value=assign], button[name=do][value=take]")?.click();
  };
  const choose = () => {
    const box = current()?.querySelector("input[name=case]");
    if (box) {
      box.checked = !box.checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };
  const search = () => {
    const box = document.getElementById("desk-search");
    box ? box.focus() : go(desk.dataset.search);
  };
  const inQueue = desk.dataset.desk === "queue";
  const keys = {
    j: () => (inQueue ? move(1) : go(desk.dataset.next)),
    k: () => (inQueue ? move(-1) : go(desk.dataset.previous)),
    x: choose,
    a: give,
    r: () => (inQueue ? go(current() && `${current().querySelector("a").href}#reply`) : write("reply")),
    n: () => (inQueue ? go(current() && `${current().querySelector("a").href}#note`) : write("note")),
    u: () => go(desk.dataset.back),
    "/": search,
    "?": () => help.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest("form[data-draft]")) {
      event.target.closest("form").requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || busy(event.target)) return;
    const act = keys[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });
  if (["#reply", "#note"].includes(location.hash)) write(location.hash.slice(1));

  // The chosen cases, and the row that has the focus, outlive a refresh of the rows.
  const chosen = new Set();
  const said = document.querySelector("[data-chosen]");
  const count = () => {
    if (said) said.textContent = chosen.size ? String(chosen.size) : "";
  };
  let focused = null;
  let inside = "";
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.matches("[data-all]")) {
      for (const one of document.querySelectorAll("input[name=case]")) {
        one.checked = box.checked;
        box.checked ? chosen.add(one.value) : chosen.delete(one.value);
      }
    } else if (box.matches("input[name=case]")) {
      box.checked ? chosen.add(box.value) : chosen.delete(box.value);
    } else if (box.closest("[data-submit-on-change]")) {
      box.form.requestSubmit();
    }
    count();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target.id !== "queue") return;
    focused = current()?.dataset.case ?? null;
    inside = document.activeElement.matches("input") ? "input[name=case]" : ".ms-desk-open";
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "queue") return;
    const there = new Set();
    for (const box of document.querySelectorAll("input[name=case]")) {
      box.checked = chosen.has(box.value);
      there.add(box.value);
    }
    for (const value of chosen) if (!there.has(value)) chosen.delete(value);
    if (focused) document.querySelector(`tr[data-case="${focused}"] ${inside}`)?.focus({ preventScroll: true });
    count();
    tick();
  });

  // Drafts: kept while one writes; a newer one from another window is shown, never written over.
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const box = form.querySelector("textarea");
    const state = form.querySelector("[data-state]");
    let version = form.dataset.version;
    let kept = box.value;
    let waiting = null;
    let sending = Promise.resolve();
    const keep = async (leaving) => {
      if (box.value === kept || form.dataset.sent) return;
      const text = box.value;
      try {
        const answer = await post(form.dataset.draft, { kind: form.dataset.kind, text, version }, leaving);
        const there = await answer.json();
        if (answer.ok) {
          version = String(there.version);
          kept = text;
          form.removeAttribute("data-unkept");
        } else if (answer.status === 409) {
          version = String(there.version);
          kept = text; // only what is written from now on, knowingly, takes the place of the other
          state.textContent = there.message;
          const take = document.createElement("button");
          take.type = "button";
          take.className = "ms-button ms-small";
          take.textContent = desk.dataset.takeOther;
          take.addEventListener("click", () => {
            box.value = kept = there.text;
            state.textContent = "";
          });
          state.append(" ", take);
          return;
        }
        state.textContent = answer.ok ? desk.dataset.kept : (there.message ?? "");
      } catch {
        state.textContent = desk.dataset.unkept;
      }
    };
    box.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => (sending = sending.then(() => keep(false))), 1500);
    });
    form.addEventListener("submit", () => {
      form.dataset.sent = "1";
      clearTimeout(waiting);
    });
    addEventListener("pagehide", () => keep(true));
  }

  // A macro's text goes to where one writes.
  document.querySelector("[data-insert]")?.addEventListener("click", async (event) => {
    event.preventDefault();
    const chosen = document.getElementById("macro");
    if (!chosen.value) return;
    const address = `${chosen.dataset.macro}?${new URLSearchParams({ macro: chosen.value })}`;
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const box = document.getElementById("reply");
    box.setRangeText((await answer.json()).text, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  });

  // Who else is here, and whether something new was said.
  const pulse = document.getElementById("pulse");
  if (pulse) {
    let typed = 0;
    document.addEventListener("input", (event) => {
      if (event.target.closest("form[data-draft]")) typed = Date.now();
    });
    const beat = async () => {
      if (document.visibilityState !== "visible") return;
      try {
        const writing = Date.now() - typed < 15000 ? "1" : "0";
        const answer = await post(pulse.dataset.pulse, { seen: pulse.dataset.seen, writing });
        if (!answer.ok) return;
        const text = await answer.text();
        if (pulse.dataset.shown !== text) {
          pulse.innerHTML = text;
          pulse.dataset.shown = text;
        }
      } catch {
        // The next beat tries again.
      }
    };
    pulse.addEventListener("click", (event) => {
      if (event.target.matches("[data-reload]")) {
        event.preventDefault();
        location.reload();
      }
    });
    beat();
    setInterval(beat, 10000);
    addEventListener("pagehide", () => post(pulse.dataset.pulse, { leave: "1" }, true));
  }
})();
