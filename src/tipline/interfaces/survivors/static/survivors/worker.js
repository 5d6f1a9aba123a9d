// Hashes beside the page, so that the page stays alive. Talks to the page alone; makes no request of any kind.

import { hashFile } from "./hashing.js";

const newCanvas = (width, height) => new OffscreenCanvas(width, height);

addEventListener("message", async ({ data: { key, file } }) => {
  try {
    const found = await hashFile(file, newCanvas, (part) => postMessage({ key, part }));
    postMessage({ key, found });
  } catch {
    postMessage({ key, failed: true });
  }
});

postMessage({ ready: true });
