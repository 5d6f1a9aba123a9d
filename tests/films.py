"""Films made here: panned landscapes of noise with shapes that move, cut into scenes; and what is done to a copy."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

RATE = 25
WIDTH, HEIGHT = 320, 240
Frame = NDArray[np.uint8]
Frames = Iterator[Frame]


def film(seed: int, seconds: float = 12.0, scene_seconds: float = 4.0, rate: int = RATE, scale: int = 1) -> Frames:
    """This function will draw a film: (HEIGHT, WIDTH, 3) frames times `scale`, a new scene every `scene_seconds`."""
    per_scene = max(1, int(scene_seconds * rate))
    for number in range(int(seconds * rate)):
        scene, at = divmod(number, per_scene)
        yield _frame(seed * 1009 + scene, at / rate, scale)


def _frame(scene: int, seconds: float, scale: int) -> Frame:
    ground, shapes = _scene(scene, scale)
    wide, high = WIDTH * scale, HEIGHT * scale
    # The camera pans, there and back.
    swing = 0.5 + 0.5 * np.sin(0.4 * seconds + scene)
    top, left = int(swing * (ground.shape[0] - high)), int(swing * (ground.shape[1] - wide))
    frame = ground[top : top + high, left : left + wide].copy()
    for x, y, along, down, radius, colour in shapes:
        across = int(scale * (x + along * seconds)) % wide
        below = int(scale * (y + down * seconds)) % high
        reach = scale * radius
        frame[max(0, below - reach) : below + reach, max(0, across - reach) : across + reach] = colour
    return frame


@lru_cache(maxsize=16)
def _scene(scene: int, scale: int) -> tuple[Frame, list[tuple[float, float, float, float, int, Any]]]:
    rng = np.random.default_rng(scene)
    size = (int(WIDTH * scale * 1.3), int(HEIGHT * scale * 1.3))
    ground = np.zeros((size[1], size[0], 3), dtype=np.float32)
    for cells in (3, 6, 14, 40):
        small = rng.integers(0, 256, (cells, cells, 3), dtype=np.uint8)
        ground += (
            np.asarray(Image.fromarray(small).resize(size, Image.Resampling.BICUBIC), dtype=np.float32) / cells**0.5
        )
    ground = (ground - ground.min()) * (255 / (np.ptp(ground) or 1))
    shapes = [
        (
            *rng.uniform(0, WIDTH, 2),
            *rng.uniform(-25, 25, 2),
            int(rng.integers(8, 28)),
            rng.integers(0, 256, 3),
        )
        for _ in range(4)
    ]
    return ground.astype(np.uint8), shapes


def encoded(frames: Iterable[Frame], form: str = "mp4", *, crf: int = 23, rate: int = RATE, gop: int = 250) -> bytes:
    """This function will encode frames as a platform would: H.264 where it can be had, else MPEG-4."""
    import av

    out = io.BytesIO()
    codec = codec_of()
    options = {"crf": str(crf), "preset": "veryfast"} if codec == "libx264" else {}
    with av.open(out, "w", format=form) as container:
        stream: Any = None
        for frame in frames:
            if stream is None:
                stream = container.add_stream(codec, rate=rate, options=options)
                stream.width, stream.height, stream.pix_fmt = frame.shape[1] & ~1, frame.shape[0] & ~1, "yuv420p"
                stream.gop_size = gop
                stream.codec_context.thread_count = 1
                if codec != "libx264":
                    stream.bit_rate = 900_000
            even = frame[: stream.height, : stream.width]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(even), format="rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()


@cache
def codec_of() -> str:
    """This function will name the encoder that there is."""
    import av

    for name in ("libx264", "libopenh264", "mpeg4"):
        try:
            av.Codec(name, "w")
        except Exception:
            continue
        return name
    raise AssertionError("no encoder")


def middle(frames: Frames, seconds: float = 12.0, share: float = 0.4, rate: int = RATE) -> Frames:
    """This function will cut a part out of the middle."""
    count = int(seconds * rate)
    first = int(count * (0.5 - share / 2))
    for number, frame in enumerate(frames):
        if first <= number < first + int(count * share):
            yield frame


def each(change: Callable[[Image.Image], Image.Image], frames: Frames) -> Frames:
    """This function will change every frame in the same way."""
    return (np.asarray(change(Image.fromarray(frame))) for frame in frames)


def retimed(frames: Frames, speed: float) -> Frames:
    """This function will make a film run faster (above 1) or slower, at the same frames a second."""
    shown = 0.0
    for number, frame in enumerate(frames):
        while shown <= number:
            yield frame
            shown += speed


def half(image: Image.Image) -> Image.Image:
    """This function will halve a picture's sides."""
    return image.resize((image.width // 2, image.height // 2), Image.Resampling.BILINEAR)


def flipped(image: Image.Image) -> Image.Image:
    """This function will mirror a picture."""
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def turned(image: Image.Image) -> Image.Image:
    """This function will turn a picture by a quarter."""
    return image.transpose(Image.Transpose.ROTATE_90)


def letterboxed(image: Image.Image) -> Image.Image:
    """This function will put black bars above and below."""
    made = Image.new("RGB", (image.width, int(image.height * 1.4)))
    made.paste(image, (0, int(image.height * 0.2)))
    return made


def brightened(image: Image.Image) -> Image.Image:
    """This function will raise the dark tones."""
    return image.point([int(255 * (value / 255) ** 0.7) for value in range(256)] * 3)


Draw = Callable[[int, float], Frames]  # of a film's number and its seconds
SECONDS = 12.0
EDITS: dict[str, Callable[[Draw, int], bytes]] = {
    "trim": lambda draw, seed: encoded(middle(draw(seed, SECONDS))),
    "trim, half size, coarse": lambda draw, seed: encoded(each(half, middle(draw(seed, SECONDS))), crf=35),
    "trim, mirrored": lambda draw, seed: encoded(each(flipped, middle(draw(seed, SECONDS)))),
    "trim, turned": lambda draw, seed: encoded(each(turned, middle(draw(seed, SECONDS)))),
    "trim, letterboxed": lambda draw, seed: encoded(each(letterboxed, middle(draw(seed, SECONDS)))),
    "trim, brighter": lambda draw, seed: encoded(each(brightened, middle(draw(seed, SECONDS)))),
    "a fifth faster": lambda draw, seed: encoded(retimed(draw(seed, SECONDS), 1.2)),
    "a fifth slower": lambda draw, seed: encoded(retimed(draw(seed, SECONDS), 0.8)),
    "in a compilation": lambda draw, seed: encoded(
        chain(draw(seed + 500_000, 8), middle(draw(seed, SECONDS)), draw(seed + 600_000, 8))
    ),
}
