"""Fourteen edits of a picture, as people and platforms make them. Each is fixed by the edit's name and a number."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Edit = Callable[[Image.Image, np.random.Generator], Image.Image]

_WORDS = (
    "WHEN THE BUS IS LATE",
    "MONDAY AGAIN",
    "LOOK AT THIS PLACE",
    "BEST DAY EVER",
    "NOBODY EXPECTED THAT",
    "SUMMER 2026",
)
_SIDE_OF_TURN = 15


def edited(name: str, picture: Image.Image, seed: int) -> bytes:
    """This function will make an edited copy: the bytes of a JPEG."""
    rng = np.random.default_rng([seed, *name.encode()])
    quality = 30 if "quality" in name else 85
    out = io.BytesIO()
    EDITS[name](picture, rng).convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


def cropped(picture: Image.Image, rng: np.random.Generator, share: float) -> Image.Image:
    """This function will keep a part with so large a share of the area, of the same shape, somewhere."""
    wide, high = (max(8, round(side * share**0.5)) for side in picture.size)
    left, top = (int(rng.integers(0, side - part + 1)) for side, part in zip(picture.size, (wide, high), strict=True))
    return picture.crop((left, top, left + wide, top + high))


def _half(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    return picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.BICUBIC)


def _flipped(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def _slanted(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    angle = _SIDE_OF_TURN if rng.random() < 0.5 else -_SIDE_OF_TURN
    return picture.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=(0, 0, 0))


def _covered(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A sticker over a fifth of the area."""
    wide, high = (round(side * 0.2**0.5) for side in picture.size)
    left, top = int(rng.integers(0, picture.width - wide + 1)), int(rng.integers(0, picture.height - high + 1))
    small = rng.integers(0, 256, (3, 4, 3), dtype=np.uint8)
    made = picture.copy()
    made.paste(Image.fromarray(small).resize((wide, high), Image.Resampling.NEAREST), (left, top))
    return made


def _lettered(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Big words above and below, as on jokes that go round."""
    made = picture.copy()
    pen = ImageDraw.Draw(made)
    for share in (0.03, 0.83):
        words = _WORDS[int(rng.integers(len(_WORDS)))]
        size = max(10, min(made.height // 8, int(made.width * 1.6 / len(words))))
        pen.text((made.width // 2, made.height * share), words, fill="white", anchor="ma",
                 font=ImageFont.load_default(size), stroke_width=max(1, size // 12), stroke_fill="black")  # fmt: skip
    return made


def _letterboxed(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    bar = round(picture.height * rng.uniform(0.1, 0.3))
    made = Image.new("RGB", (picture.width, picture.height + 2 * bar))
    made.paste(picture, (0, bar))
    return made


def _on_screen(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A telephone's picture of its screen: bars, lines of text, the picture in the midst, smaller."""
    made = Image.new("RGB", (720, 1280), (250, 250, 250))
    pen = ImageDraw.Draw(made)
    pen.rectangle((0, 0, 720, 60), fill=(32, 90, 150))
    pen.text((20, 15), "9:41   messages", fill="white", font=ImageFont.load_default(26))
    share = rng.uniform(0.75, 0.95)
    wide = round(720 * share)
    shown = picture.resize((wide, max(1, round(picture.height * wide / picture.width))), Image.Resampling.BICUBIC)
    top = int(rng.integers(90, max(91, 1100 - shown.height)))
    made.paste(shown, ((720 - wide) // 2, top))
    for line in range(0, 1280, 44):
        if not top - 40 < line < top + shown.height + 10 and line > 80:
            pen.text((40, line), "lorem ipsum dolor sit amet consectetur"[: int(rng.integers(10, 38))],
                     fill=(40, 40, 40), font=ImageFont.load_default(26))  # fmt: skip
    pen.rectangle((0, 1210, 720, 1280), fill=(225, 225, 230))
    return made


def _brightened(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    power = 1.8 if rng.random() < 0.5 else 1 / 1.8
    table = [round(255 * (value / 255) ** power) for value in range(256)]
    return picture.point(table * len(picture.getbands()))


EDITS: dict[str, Edit] = {
    "quality 30": lambda picture, rng: picture,
    "half the size": _half,
    "mirrored": _flipped,
    "turned by 90": lambda picture, rng: picture.transpose(Image.Transpose.ROTATE_90),
    "turned by 15": _slanted,
    "80 % of it": lambda picture, rng: cropped(picture, rng, 0.8),
    "50 % of it": lambda picture, rng: cropped(picture, rng, 0.5),
    "25 % of it": lambda picture, rng: cropped(picture, rng, 0.25),
    "a fifth covered": _covered,
    "lettered": _lettered,
    "letterboxed": _letterboxed,
    "on a screen": _on_screen,
    "half of it, mirrored, quality 30": lambda picture, rng: _flipped(cropped(picture, rng, 0.5), rng),
    "gamma": _brightened,
}
