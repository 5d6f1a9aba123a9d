"""Whole media files of every kind that the sandbox opens, small and made here, and our own ways of damaging them."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import zipfile
from functools import cache

import numpy as np
from PIL import Image
from tests.films import encoded, film

_SIDE = 96


@cache
def whole_files() -> dict[str, bytes]:
    """This function will make one file of each kind, by name."""
    pictures = [_picture(seed) for seed in range(3)]
    made = {form.lower(): _saved(pictures[0], form) for form in ("PNG", "WEBP", "BMP", "TIFF", "ICO", "AVIF", "JPEG")}
    made["progressive"] = _saved(pictures[1], "JPEG", progressive=True)
    made["palette"] = _saved(pictures[1].quantize(16), "PNG")
    made["deep"] = _saved(Image.fromarray(np.asarray(pictures[0].convert("L")).astype(np.uint16) * 257), "TIFF")
    made["lzw"] = _saved(pictures[2], "TIFF", compression="tiff_lzw")
    for form in ("GIF", "WEBP", "PNG", "AVIF"):
        made[f"moving {form.lower()}"] = _saved(pictures[0], form, save_all=True, append_images=pictures[1:])
    made["turned"] = _turned(pictures[2])
    made["zip"] = _zipped({"a.png": made["png"], "b.zip": _zipped({"c.gif": made["moving gif"]})})
    made["tar"] = _tarred({"a.jpg": made["jpeg"], "b": b"words"})
    made["tar.gz"] = gzip.compress(made["tar"], mtime=0)
    for form in ("mp4", "matroska", "avi", "mpegts"):
        made[form] = encoded(film(5, 1.2, 0.4), form)
    return made


def damaged(whole: dict[str, bytes], rng: random.Random) -> bytes:
    """This function will take one of them and damage it in one to three ways; mostly its head still tells its kind."""
    data = bytearray(whole[rng.choice(sorted(whole))])
    other = whole[rng.choice(sorted(whole))]
    first = 0 if rng.random() < 0.1 else min(16, len(data) // 4)
    for _ in range(rng.randint(1, 3)):
        if len(data) <= first + 8:
            break
        rng.choice(_WAYS)(data, other, first, rng)
    return bytes(data)


def _flip(data: bytearray, other: bytes, first: int, rng: random.Random) -> None:
    for _ in range(max(1, int(len(data) * rng.choice((0.0005, 0.005, 0.05))))):
        data[rng.randrange(first, len(data))] ^= 1 << rng.randrange(8)


def _cut(data: bytearray, other: bytes, first: int, rng: random.Random) -> None:
    del data[rng.randrange(first, len(data)) :]


def _drop(data: bytearray, other: bytes, first: int, rng: random.Random) -> None:
    at = rng.randrange(first, len(data))
    del data[at : at + rng.randint(1, 64)]


def _double(data: bytearray, other: bytes, first: int, rng: random.Random) -> None:
    at = rng.randrange(first, len(data))
    data[at:at] = data[at : at + rng.randint(1, 4096)] * rng.randint(1, 8)


def _blank(data: bytearray, other: bytes, first: int, rng: random.Random) -> None:
    at = rng.randrange(first, len(data))
    size = len(data[at : at + rng.randint(1, 512)])
    data[at : at + size] = bytes([rng.choice((0, 255))]) * size


def _enlarge(data: bytearray, other: bytes, first: int, rng: random.Random) -> None:
    at = rng.randrange(first, len(data) - 4)
    value = rng.choice((0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, 0xFFFF, 65_536, 100_000))
    data[at : at + 4] = value.to_bytes(4, rng.choice(("big", "little")))


def _graft(data: bytearray, other: bytes, first: int, rng: random.Random) -> None:
    at, there = rng.randrange(first, len(data)), rng.randrange(len(other))
    data[at : at + rng.randint(1, 2048)] = other[there : there + rng.randint(1, 2048)]


_WAYS = (_flip, _cut, _drop, _double, _blank, _enlarge, _graft)


def _picture(seed: int) -> Image.Image:
    small = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)


def _saved(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def _turned(image: Image.Image) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Maker"
    return _saved(image, "JPEG", exif=exif)


def _zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def _tarred(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()
