"""Pictures for benches: generated scenes, each from its number alone, and packaged photographs without people.

A scene is out of doors (sky, ridges, houses, trees), a room, or a field of patches; all share the same kinds of parts,
so strangers resemble each other more than photographs of different things do.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Rgb = NDArray[np.uint8]
Rng = np.random.Generator

SHAPES = ((720, 480), (640, 640), (480, 720), (800, 450))


def scene(number: int) -> Rgb:
    """This function will generate picture `number`: (height, width, 3) bytes."""
    rng = np.random.default_rng([20261126, number])
    width, height = SHAPES[number % len(SHAPES)]
    kind = (_outdoors, _room, _patches)[number % 3]
    image = kind(rng, width, height)
    grain = rng.normal(0, rng.uniform(1, 5), (height, width, 1)).astype(np.float32)
    return np.clip(np.asarray(image, dtype=np.float32) + grain, 0, 255).astype(np.uint8)


def _cloth(rng: Rng, width: int, height: int, *, roughness: float | None = None) -> Rgb:
    """Noise of many sizes, coarse ones strongest, in one family of colours."""
    rough = rng.uniform(0.3, 1.1) if roughness is None else roughness
    made = np.zeros((height, width, 3), dtype=np.float32)
    total, cells = 0.0, 3
    while cells < max(width, height) / 2:
        small = rng.integers(0, 256, (cells, max(2, cells * width // height), 3), dtype=np.uint8)
        grey = small.mean(axis=2, keepdims=True).astype(np.uint8)
        mixed = (small // 3 + grey // 3 * 2).astype(np.uint8)
        weight = cells ** -(1.2 - rough)
        layer = Image.fromarray(mixed).resize((width, height), Image.Resampling.BICUBIC)
        made += weight * np.asarray(layer, dtype=np.float32)
        total, cells = total + weight, cells * 2 + int(rng.integers(0, 2))
    made = (made / total - 128) * rng.uniform(1.0, 2.6) + rng.uniform(40, 215, 3)
    return np.clip(made, 0, 255).astype(np.uint8)


def _colour(rng: Rng) -> tuple[int, int, int]:
    red, green, blue = (int(one) for one in rng.integers(15, 241, 3))
    return red, green, blue


def _pasted(image: Image.Image, rng: Rng, draw: Callable[[ImageDraw.ImageDraw], object]) -> None:
    """Lay cloth on the part of a picture that `draw` fills."""
    mask = Image.new("L", image.size, 0)
    draw(ImageDraw.Draw(mask))
    box = mask.getbbox()
    if box is not None:
        cloth = Image.fromarray(_cloth(rng, max(2, box[2] - box[0]), max(2, box[3] - box[1])))
        image.paste(cloth, box[:2], mask.crop(box))


def _outdoors(rng: Rng, width: int, height: int) -> Image.Image:
    image = Image.fromarray(_cloth(rng, width, height, roughness=0.25))
    for depth in range(int(rng.integers(2, 5))):
        level = height * (0.35 + 0.15 * depth)
        _pasted(image, rng, lambda pen, level=level: pen.polygon(_ridge(rng, width, height, level), fill=255))
    for _ in range(int(rng.integers(3, 9))):
        if rng.random() < 0.5:
            _house(image, rng)
        else:
            _tree(image, rng)
    return image


def _ridge(rng: Rng, width: int, height: int, level: float) -> list[tuple[float, float]]:
    heights = np.array([level, level])
    swing = height * rng.uniform(0.1, 0.3)
    while len(heights) < 130:
        middle = (heights[1:] + heights[:-1]) / 2 + rng.normal(0, swing, len(heights) - 1) * 0.5
        grown = np.empty(len(heights) * 2 - 1)
        grown[::2], grown[1::2] = heights, middle
        heights, swing = grown, swing * 0.55
    line = [(float(x), float(y)) for x, y in zip(np.linspace(0, width, len(heights)), heights, strict=True)]
    return [(0, height), *line, (width, height)]


def _house(image: Image.Image, rng: Rng) -> None:
    width, height = image.size
    wide, high = int(width * rng.uniform(0.08, 0.25)), int(height * rng.uniform(0.1, 0.4))
    left, top = int(rng.integers(0, width - wide)), int(rng.integers(height // 4, height - high // 2))
    _pasted(image, rng, lambda pen: pen.rectangle((left, top, left + wide, top + high), fill=255))
    roof = [(left - 5, top), (left + wide / 2, top - high * rng.uniform(0.1, 0.6)), (left + wide + 5, top)]
    _pasted(image, rng, lambda pen: pen.polygon(roof, fill=255))
    pen, across, down = ImageDraw.Draw(image), int(rng.integers(1, 5)), int(rng.integers(1, 5))
    glass, frame = _colour(rng), _colour(rng)
    for column in range(across):
        for row in range(down):
            x, y = left + wide * (column + 0.25) / across, top + high * (row + 0.25) / down
            far = (x + wide * 0.5 / across, y + high * 0.5 / down)
            pen.rectangle((x, y, *far), fill=glass if rng.random() < 0.8 else _colour(rng), outline=frame, width=2)


def _tree(image: Image.Image, rng: Rng) -> None:
    width, height = image.size
    x, y = rng.uniform(0, width), rng.uniform(height * 0.4, height)
    size = height * rng.uniform(0.05, 0.18)
    ImageDraw.Draw(image).rectangle((x - size / 10, y, x + size / 10, y + size * 1.5), fill=_colour(rng))

    def crown(pen: ImageDraw.ImageDraw) -> None:
        for _ in range(14):
            at_x, at_y, each = x + rng.normal(0, size / 2), y + rng.normal(0, size / 2), size * rng.uniform(0.2, 0.5)
            pen.ellipse((at_x - each, at_y - each, at_x + each, at_y + each), fill=255)

    _pasted(image, rng, crown)


def _room(rng: Rng, width: int, height: int) -> Image.Image:
    image = Image.new("RGB", (width, height))
    left, right = width * rng.uniform(0.1, 0.35), width * rng.uniform(0.65, 0.9)
    top, low = height * rng.uniform(0.1, 0.3), height * rng.uniform(0.55, 0.8)
    corners = {"nw": (left, top), "ne": (right, top), "se": (right, low), "sw": (left, low)}
    edge = {"nw": (0, 0), "ne": (width, 0), "se": (width, height), "sw": (0, height)}
    for one, other in (("nw", "ne"), ("ne", "se"), ("se", "sw"), ("sw", "nw")):
        wall = [edge[one], edge[other], corners[other], corners[one]]
        _pasted(image, rng, lambda pen, wall=wall: pen.polygon(wall, fill=255))
    _pasted(image, rng, lambda pen: pen.rectangle((left, top, right, low), fill=255))
    pen, lines, colour = ImageDraw.Draw(image), int(rng.integers(4, 14)), _colour(rng)
    for at in range(lines + 1):  # boards of the floor
        share = at / lines
        pen.line((left + (right - left) * share, low, width * share, height), fill=colour, width=2)
    for _ in range(int(rng.integers(4, 10))):
        _furniture(image, rng)
    return image


def _furniture(image: Image.Image, rng: Rng) -> None:
    width, height = image.size
    wide, high = width * rng.uniform(0.06, 0.3), height * rng.uniform(0.06, 0.3)
    x, y = rng.uniform(0, width - wide), rng.uniform(0, height - high)
    slant = rng.uniform(-0.25, 0.25) * wide
    shape = [(x, y), (x + wide, y + slant / 2), (x + wide, y + high), (x, y + high - slant)]
    if rng.random() < 0.3:
        _pasted(image, rng, lambda pen: pen.ellipse((x, y, x + wide, y + high), fill=255))
    else:
        _pasted(image, rng, lambda pen: pen.polygon(shape, fill=255))
    pen = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(0, 6))):  # handles, books, pictures on the wall
        at_x, at_y, each = x + wide * rng.uniform(0, 0.8), y + high * rng.uniform(0, 0.8), wide * rng.uniform(0.05, 0.3)
        pen.rectangle(
            (at_x, at_y, at_x + each, at_y + each * rng.uniform(0.3, 2)), fill=_colour(rng), outline=_colour(rng)
        )


def _patches(rng: Rng, width: int, height: int) -> Image.Image:
    image = Image.fromarray(_cloth(rng, width, height))
    for _ in range(int(rng.integers(12, 40))):
        size = min(width, height) * rng.uniform(0.03, 0.25)
        x, y, turn = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0, 2 * math.pi)
        count = int(rng.integers(3, 9))
        spokes = [(turn + 2 * math.pi * at / count, size * rng.uniform(0.5, 1)) for at in range(count)]
        shape = [(x + far * math.cos(angle), y + far * math.sin(angle)) for angle, far in spokes]
        if rng.random() < 0.6:
            _pasted(image, rng, lambda pen, shape=shape: pen.polygon(shape, fill=255))
        else:
            ImageDraw.Draw(image).polygon(shape, fill=_colour(rng), outline=_colour(rng))
    return image


@cache
def as_luma(number: int) -> NDArray[np.uint8]:
    """This function will generate a scene and keep its luma: (height, width)."""
    return np.asarray(Image.fromarray(scene(number)).convert("L"))
