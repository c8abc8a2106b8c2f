// The description of the API is dark where the back office is: as it was chosen there, or else as the machine has it.
"use strict";

(() => {
  const machine = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => localStorage.getItem("adminTheme")?.replaceAll('"', "");
  const paint = () => {
    const dark = chosen() === "dark" || (chosen() !== "light" && machine.matches);
    document.documentElement.classList.toggle("dark-mode", dark);
  };
  machine.addEventListener("change", paint);
  paint();
})();
