"""Benign pictures: coloured patterns with a printed number, each different, each the same at every run."""

from __future__ import annotations

import io
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 640, 480


def _wave(seed: int) -> Image.Image:
    dice = random.Random(seed)
    base = [dice.randint(30, 200) for _ in range(3)]
    along, down = dice.uniform(0.006, 0.03), dice.uniform(0.006, 0.03)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    bands = [base[index] + 50 * np.sin(x * along + index) * np.cos(y * down) for index in range(3)]
    return Image.fromarray(np.clip(np.stack(bands, axis=-1), 0, 255).astype(np.uint8))


def _shapes(picture: Image.Image, seed: int) -> None:
    dice = random.Random(seed * 7 + 1)
    brush = ImageDraw.Draw(picture)
    for _ in range(14):
        x, y, size = dice.randint(0, WIDTH), dice.randint(0, HEIGHT), dice.randint(20, 120)
        colour = (dice.randint(0, 255), dice.randint(0, 255), dice.randint(0, 255))
        draw = brush.ellipse if dice.random() < 0.5 else brush.rectangle
        draw((x - size, y - size, x + size, y + size), outline=colour, width=6)


def picture(number: int, *, form: str = "JPEG") -> bytes:
    """This function will paint the picture with this number and encode it as JPEG or PNG, 640 x 480."""
    image = _wave(number)
    _shapes(image, number)
    brush = ImageDraw.Draw(image)
    brush.rectangle((190, 190, 450, 290), fill="white", outline="black", width=3)
    brush.text((320, 240), f"pattern {number}", fill="black", anchor="mm", font=ImageFont.load_default(36))
    out = io.BytesIO()
    image.save(out, form, quality=88)
    return out.getvalue()
