// Comforts on top of pages that work without them: keys, copy, print, theme, leaving, the idle cover.
"use strict";

function nextTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = document.documentElement.dataset.theme || (dark ? "dark" : "light");
  const next = now === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  try { localStorage.setItem("theme", next); } catch { /* lasts for this page only */ }
}

async function copyFrom(button) {
  const source = document.querySelector(button.dataset.copy);
  if (!source) return;
  await navigator.clipboard.writeText(source.dataset.copyText || source.textContent.trim().replace(/\s+/g, " "));
  const before = button.textContent;
  button.textContent = button.dataset.done || "Copied";
  setTimeout(() => { button.textContent = before; }, 2000);
}

// Blanks the page at once, takes the draft out of the browser, and replaces the page. theme.js sees to it that "back"
// leads away again.
function leave(link) {
  document.documentElement.hidden = true;
  document.title = "";
  try { sessionStorage.setItem("left", link.dataset.leave); } catch { /* "back" finds an empty form */ }
  if (link.dataset.forget) navigator.sendBeacon(link.dataset.forget);
  location.replace(link.dataset.leave);
}

document.addEventListener("click", (event) => {
  const at = event.target.closest("[data-theme-switch],[data-copy],[data-print],[data-leave],[data-uncover]");
  if (!at) return;
  if ("leave" in at.dataset) { event.preventDefault(); leave(at); }
  if ("themeSwitch" in at.dataset) nextTheme();
  if ("print" in at.dataset) print();
  if ("copy" in at.dataset) copyFrom(at);
  if ("uncover" in at.dataset) uncover();
});

// A second press within a moment is the first one once more: hands shake, and networks are slow.
const MOMENT_MS = 1500;
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const form = event.target;
  const isSecond = Date.now() - Number(form.dataset.sentAt || 0) < MOMENT_MS;
  if (isSecond) event.preventDefault(); else form.dataset.sentAt = String(Date.now());
});

function isTyping(target) {
  return target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && tapEscape()) return;
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const at = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!at || at.disabled || isCovered()) return;
  event.preventDefault();
  if (at.matches("input,select,textarea")) at.focus(); else at.click();
});

let escapes = [];
function tapEscape() {
  const link = document.querySelector("[data-leave]");
  if (!link) return false;
  escapes = [...escapes.filter((at) => Date.now() - at < 1500), Date.now()];
  if (escapes.length >= 3) leave(link);
  return escapes.length >= 3;
}

// Shows the reader's own time beside times that carry their zone.
function ownTimes(root) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || zone === "UTC") return;
  const short = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" };
  const dated = { ...short, day: "numeric", month: "short", year: "numeric" };
  for (const time of root.querySelectorAll("time[data-own]")) {
    const written = new Intl.DateTimeFormat(undefined, time.dataset.own === "dated" ? dated : short);
    time.removeAttribute("data-own");
    time.append(` (${written.format(new Date(time.dateTime))})`);
  }
}

// Counts down to moments that are close; without scripts their time of day stands there.
function countDown() {
  for (const time of document.querySelectorAll("time[data-until]")) {
    const left = Math.ceil((new Date(time.dateTime) - Date.now()) / 1000);
    time.textContent = left > 0 ? `in ${left} s` : "now";
  }
}

// The idle cover. The lock itself is the server's: this only hides the screen and counts down.
const idleSeconds = Number(document.body.dataset.idleSeconds || 0);
const LAST_LOOK = "tipline-last-look";
let lastSent = Date.now();

function lastLook() {
  try { return Number(localStorage.getItem(LAST_LOOK)) || lastSent; } catch { return lastSent; }
}
function touch() {
  lastSent = Date.now();
  try { localStorage.setItem(LAST_LOOK, String(lastSent)); } catch { /* one tab alone */ }
}
function cover() { return document.querySelector("#cover"); }
function isCovered() { const box = cover(); return Boolean(box && box.open); }
function uncover() { location.reload(); }

function tick() {
  const left = Math.round(idleSeconds - (Date.now() - lastLook()) / 1000);
  const box = cover();
  if (!box) return;
  if (left <= 0) { location.assign(box.dataset.locked); return; }
  if (left > Math.min(60, idleSeconds / 3)) { if (box.open) box.close(); return; }
  if (!box.open) box.showModal();
  box.querySelector("[data-left]").textContent = `${left} s`;
}

document.addEventListener("htmx:afterRequest", touch);
document.addEventListener("htmx:afterSwap", (event) => { ownTimes(event.target); countDown(); });
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("meta[name=csrf-token]");
  if (token) event.detail.headers["X-CSRFToken"] = token.content;
});
ownTimes(document);
countDown();
setInterval(countDown, 1000);
for (const at of document.querySelectorAll("[data-needs-script]")) at.hidden = false;
if (idleSeconds) { touch(); setInterval(tick, 1000); }
