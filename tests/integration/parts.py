"""Parts of pictures, as people send them on: cut, covered, and encoded anew."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Rgb = NDArray[np.uint8]


def encoded(image: Image.Image) -> bytes:
    """This function will encode a picture as JPEG."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def whole(picture: Rgb) -> bytes:
    """This function will encode all of a picture."""
    return encoded(Image.fromarray(picture))


def part(picture: Rgb) -> bytes:
    """This function will cut two fifths of a picture's area out, cover some of it and encode it."""
    image = Image.fromarray(picture)
    width, height = image.size
    side = 0.4**0.5
    left, top = int(width * 0.3), int(height * 0.2)
    cut = image.crop((left, top, left + int(width * side), top + int(height * side)))
    ImageDraw.Draw(cut).rectangle((0, 0, cut.width // 2, cut.height // 4), fill="white")
    return encoded(cut)
