// Hashes one file on this device. Reads it piece by piece, keeps nothing, sends nothing.

import { Md5, Sha256 } from "./digests.js";
import { PictureHash } from "./pdq.js";

const PIECE_BYTES = 4 * 1024 * 1024;
const STRIP_PIXELS = 2 * 1024 * 1024;
const MOST_PIXELS = 64_000_000; // the server refuses larger ones too
const HEAD_BYTES = 256 * 1024;
const PICTURES = /\.(jpe?g|jfif|png|gif|webp|bmp|tiff?|avif|hei[cf])$/i;
const VIDEOS = /\.(mp4|m4v|mov|avi|mkv|webm|3gp|wmv|mpe?g)$/i;

// "image", "video", or "" for what is neither.
export function mediaOf(file) {
  if (file.type.startsWith("image/")) return "image";
  if (file.type.startsWith("video/")) return "video";
  if (file.type) return "";
  if (PICTURES.test(file.name)) return "image";
  return VIDEOS.test(file.name) ? "video" : "";
}

// `newCanvas(width, height)` makes a canvas; `tell(part)` hears how far it is, 0-1.
// Gives { media, md5, sha256, pdq, quality }; `pdq` is empty for a video and for what this browser cannot draw.
export async function hashFile(file, newCanvas, tell) {
  const media = mediaOf(file);
  if (!media || !file.size) return null;
  const look = media === "image" ? await lookOf(file, newCanvas) : { hex: "", quality: 0 };
  const [md5, sha256] = await digestsOf(file, tell);
  return { media, md5, sha256, pdq: look.hex, quality: look.quality };
}

async function digestsOf(file, tell) {
  const [md5, sha256] = [new Md5(), new Sha256()];
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    const piece = new Uint8Array(await file.slice(at, at + PIECE_BYTES).arrayBuffer());
    md5.update(piece);
    sha256.update(piece);
    tell(Math.min(1, (at + piece.length) / file.size));
  }
  return [md5.hex(), sha256.hex()];
}

async function lookOf(file, newCanvas) {
  let bitmap = null;
  try {
    bitmap = await createImageBitmap(await asStored(file), { colorSpaceConversion: "none", premultiplyAlpha: "none" });
    if (bitmap.width * bitmap.height > MOST_PIXELS) return { hex: "", quality: 0 };
    return await drawnHash(bitmap, newCanvas);
  } catch {
    return { hex: "", quality: 0 }; // this browser cannot show it: its digests still count
  } finally {
    if (bitmap) bitmap.close();
  }
}

async function drawnHash(bitmap, newCanvas) {
  const { width, height } = bitmap;
  const rows = Math.max(1, Math.min(height, Math.floor(STRIP_PIXELS / width)));
  const brush = newCanvas(width, rows).getContext("2d", { willReadFrequently: true });
  if (!brush) return { hex: "", quality: 0 };
  brush.imageSmoothingEnabled = false;
  const hash = new PictureHash(width, height);
  for (let top = 0; top < height; top += rows) {
    const count = Math.min(rows, height - top);
    brush.clearRect(0, 0, width, rows);
    brush.drawImage(bitmap, 0, top, width, count, 0, 0, width, count);
    hash.add(brush.getImageData(0, 0, width, count).data, top, count);
    await new Promise((next) => { setTimeout(next); });
  }
  return hash.finish();
}

// Platforms hash the pixels as the file stores them. Browsers turn a photo upright first, so that a copy of the file
// without its note on turning is what they are given; a file without one is passed on as it is.
async function asStored(file) {
  const head = new DataView(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const at = orientationAt(head);
  if (!at) return file;
  const upright = new Uint8Array([0, 0]);
  upright[at.isLittle ? 0 : 1] = 1;
  return new Blob([file.slice(0, at.offset), upright, file.slice(at.offset + 2)], { type: file.type });
}

// Where a JPEG keeps its EXIF orientation (tag 0x0112 of the first directory), else null.
export function orientationAt(view) {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
  let at = 2;
  while (at + 10 < view.byteLength && view.getUint8(at) === 0xff) {
    const [marker, length] = [view.getUint8(at + 1), view.getUint16(at + 2)];
    if (marker === 0xda) return null;
    if (marker === 0xe1 && view.getUint32(at + 4) === 0x45786966) return tagIn(view, at + 10, at + 2 + length);
    at += 2 + length;
  }
  return null;
}

function tagIn(view, start, stop) {
  const end = Math.min(stop, view.byteLength);
  if (start + 8 > end) return null;
  const isLittle = view.getUint16(start) === 0x4949;
  const directory = start + view.getUint32(start + 4, isLittle);
  if (directory + 2 > end) return null;
  const count = view.getUint16(directory, isLittle);
  for (let entry = directory + 2; entry + 12 <= end && entry < directory + 2 + 12 * count; entry += 12) {
    if (view.getUint16(entry, isLittle) === 0x0112) return { offset: entry + 8, isLittle };
  }
  return null;
}
