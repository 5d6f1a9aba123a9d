// After "Leave now" the pages before it lead away again when "back" finds them; opening the address anew does not.
"use strict";
function leadAway(isBack) {
  try {
    const to = sessionStorage.getItem("left");
    if (!to) return;
    if (!isBack) { sessionStorage.removeItem("left"); return; }
    document.documentElement.hidden = true;
    location.replace(to);
  } catch { /* storage is closed: the draft is gone all the same */ }
}
leadAway(performance.getEntriesByType("navigation")[0]?.type === "back_forward");
addEventListener("pageshow", (event) => { if (event.persisted) leadAway(true); });

// Sets the chosen theme before the first paint. Without scripts the system's setting holds.
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch { /* storage is closed: the system's setting holds */ }
