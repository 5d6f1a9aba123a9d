// The list of chosen files: hashes each beside the page, shows how far it is, and writes the hashes into the form.
// The input has no name and stands outside the form, so that a file cannot be sent by accident either.

import { hashFile, mediaOf } from "./hashing.js";

const STARTING_MS = 4000; // a worker says that it is there within this time
const SILENT_MS = 12000; // one that works tells how far it is more often than this
const LEAST_QUALITY = 50; // below, a picture is so plain that only exact copies are compared

const maker = document.getElementById("maker");
const input = document.getElementById("chosen");
const list = document.getElementById("made");
const heard = document.getElementById("heard");
const form = document.getElementById("hashes-form");
const field = document.getElementById("id_hashes");
const forward = document.getElementById("continue");
const full = document.getElementById("full");
const most = Number(maker.dataset.most);
const isKept = "kept" in maker.dataset; // hashes made before somebody went a page back
const rows = new Map(); // key -> { item, bar, says, found, isWorking }
let lastKey = 0;

// -- one after the other, beside the page where the browser can ----------------------------------------------------
function newMaker() {
  if (typeof Worker === "function" && typeof OffscreenCanvas === "function") return besideThePage();
  return inThePage;
}

function besideThePage() {
  const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  const waiting = new Map();
  let isBroken = false;
  let isReady = false;
  let heardAt = Date.now();
  const giveUp = () => {
    isBroken = true;
    for (const call of waiting.values()) call.fail(new Error("worker"));
    waiting.clear();
  };
  // A worker that never comes up, or falls silent, tells nobody: the page does it itself then.
  setInterval(() => {
    const most = isReady ? SILENT_MS : STARTING_MS;
    if (waiting.size && !isBroken && Date.now() - heardAt > most) { worker.terminate(); giveUp(); }
  }, 500);
  worker.addEventListener("message", ({ data }) => {
    heardAt = Date.now();
    isReady = true;
    const call = waiting.get(data.key);
    if (!call) return;
    if ("part" in data) { call.tell(data.part); return; }
    waiting.delete(data.key);
    if (data.failed) call.fail(new Error("unreadable")); else call.done(data.found);
  });
  // A browser whose workers know no modules: the page does it itself.
  worker.addEventListener("error", giveUp);
  const ask = (key, file, tell) => new Promise((done, fail) => {
    heardAt = Date.now();
    waiting.set(key, { tell, done, fail });
    worker.postMessage({ key, file });
  });
  return async (key, file, tell) => {
    try {
      if (!isBroken) return await ask(key, file, tell);
    } catch (error) {
      if (!isBroken) throw error;
    }
    return inThePage(key, file, tell);
  };
}

function inThePage(key, file, tell) {
  const newCanvas = (width, height) => Object.assign(document.createElement("canvas"), { width, height });
  return hashFile(file, newCanvas, tell);
}

const make = newMaker();
let last = Promise.resolve();

// -- the list ------------------------------------------------------------------------------------------------------
function part(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

function addRow(file) {
  lastKey += 1;
  const key = lastKey;
  const item = document.createElement("li");
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `File ${key}`);
  const says = part("p", "made__says", "Waiting …");
  const remove = part("button", "button button--bare", "Leave out");
  remove.type = "button";
  remove.setAttribute("aria-label", `Leave out file ${key}`);
  remove.addEventListener("click", () => { item.remove(); rows.delete(key); refresh(); });
  item.append(part("span", "made__name", file.name || `File ${key}`), remove, bar, says);
  list.append(item);
  rows.set(key, { item, bar, says, found: null, isWorking: true });
  return key;
}

function wordsFor(found) {
  if (found.media === "video") return "Hashed on this device, the video stays here. Exact copies can be found.";
  if (!found.pdq) return "Hashed on this device, the picture stays here. This browser cannot show it, so only exact copies can be found.";
  if (found.quality < LEAST_QUALITY) return "Hashed on this device, the picture stays here. It is very plain, so only exact copies can be found.";
  return "Hashed on this device, the picture stays here.";
}

function finish(key, found, refusal) {
  const row = rows.get(key);
  if (!row) return;
  row.bar.remove();
  row.isWorking = false;
  const isTwice = found && [...rows.values()].some((other) => other.found && other.found.sha256 === found.sha256);
  row.found = isTwice ? null : found;
  row.item.className = row.found ? "is-done" : "is-refused";
  row.says.textContent = row.found ? wordsFor(found) : isTwice ? "This one is in the list already." : refusal;
  refresh();
}

async function work(key, file) {
  const row = rows.get(key);
  if (!row) return;
  row.says.textContent = "Working on this device …";
  try {
    const found = await make(key, file, (done) => { row.bar.value = done; });
    finish(key, found, "This is not a picture or a video, or it is empty.");
  } catch {
    finish(key, null, "This file could not be read. Please choose it again.");
  }
}

function refresh() {
  const all = [...rows.values()];
  const found = all.filter((row) => row.found).map((row) => row.found);
  const working = all.filter((row) => row.isWorking).length;
  field.value = found.length ? JSON.stringify(found) : "";
  forward.disabled = !(found.length || isKept) || working > 0;
  forward.textContent = working ? "One moment …" : "Continue";
  heard.textContent = working ? `${working} still working` : `${found.length} hashed on this device`;
}

function take() {
  let leftOut = 0;
  for (const file of input.files) {
    if (rows.size >= most) { leftOut += 1; continue; }
    const key = addRow(file);
    if (mediaOf(file)) last = last.then(() => work(key, file));
    else finish(key, null, "This is not a picture or a video.");
  }
  full.hidden = !leftOut;
  full.textContent = leftOut ? `One case takes no more files: ${leftOut} of those you chose ${leftOut === 1 ? "is" : "are"} not in the list. Make a second case for the rest.` : "";
  input.value = "";
  refresh();
}
input.addEventListener("change", take);

form.addEventListener("submit", (event) => {
  if (event.submitter === forward && forward.disabled) event.preventDefault();
});
refresh();
if (input.files.length) take(); // somebody was quicker than this script
