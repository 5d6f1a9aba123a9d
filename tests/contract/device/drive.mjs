// Hashes raw pictures and bytes that a test wrote, with the page's own modules. Reads one JSON line of work on stdin.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const given = JSON.parse(readFileSync(0, "utf8"));
const { PictureHash } = await import(pathToFileURL(`${given.modules}/pdq.js`));
const { Md5, Sha256 } = await import(pathToFileURL(`${given.modules}/digests.js`));
const bytes = new Uint8Array(readFileSync(given.file));

function look({ offset, width, height, strip }) {
  const hash = new PictureHash(width, height);
  for (let top = 0; top < height; top += strip) {
    const rows = Math.min(strip, height - top);
    const start = offset + top * width * 4;
    hash.add(bytes.subarray(start, start + rows * width * 4), top, rows);
  }
  return hash.finish();
}

function digest({ offset, length, piece }) {
  const [md5, sha256] = [new Md5(), new Sha256()];
  for (let at = 0; at < length; at += piece) {
    const part = bytes.subarray(offset + at, offset + Math.min(length, at + piece));
    md5.update(part);
    sha256.update(part);
  }
  return [md5.hex(), sha256.hex()];
}

console.log(JSON.stringify({ looks: given.pictures.map(look), digests: given.spans.map(digest) }));
