"""Films in the sandbox: hashed, found in edited copies, refused where odd. The films are drawn and encoded here."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.films import EDITS, encoded, film

from tipline.media import sandbox
from tipline.media.index.near import NearIndex, Writer
from tipline.media.pdq import distance, pdq
from tipline.media.video import shelf
from tipline.media.video.matching import FilmMatch
from tipline.media.video.sides import NEAR_MS

pytestmark = pytest.mark.skipif(not sandbox.sandbox_available(), reason="bubblewrap cannot run on this machine")


@cache
def _known() -> bytes:
    return encoded(film(1))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NearIndex]:
    folder: Path = tmp_path_factory.mktemp("films")
    with Writer(folder) as writer:
        for seed in (1, 2):
            known = sandbox.film([_known() if seed == 1 else encoded(film(seed))], "reference")
            assert isinstance(known, sandbox.Film)
            shelf.put(writer, seed, known.prints)
    held = NearIndex(folder)
    yield held
    held.close()


@cache
def _stranger() -> bytes:
    return encoded(film(99))


def _asked(data: bytes, side: sandbox.Side = "query", near: Sequence[int] = ()) -> sandbox.Film:
    found = sandbox.film([data], side, near)
    assert isinstance(found, sandbox.Film)
    return found


def _found(index: NearIndex, data: bytes) -> list[FilmMatch]:
    return shelf.ask(index, lambda side, near: _asked(data, side, near))


def test_a_film_is_hashed_densely_for_being_known_and_sparsely_for_asking() -> None:
    dense, asked = sandbox.film([_known()], "reference"), _asked(_known())
    assert isinstance(dense, sandbox.Film)
    assert (dense.width, dense.height, dense.is_whole) == (320, 240, True)
    assert 11_000 <= dense.length <= 12_000
    assert dense.moments > 4 * asked.moments >= 4 * 4
    first = Image.fromarray(next(iter(film(1)))).convert("L")
    assert distance(dense.prints[0].hash.hex(), pdq(np.asarray(first)).hex) <= 10
    assert Image.open(io.BytesIO(dense.preview)).mode == "L"


@pytest.mark.parametrize("name", ["trim, mirrored", "trim, letterboxed", "a fifth faster", "in a compilation"])
def test_a_copy_is_found_with_its_place_in_the_known_film(name: str, index: NearIndex) -> None:
    found = _found(index, EDITS[name](film, 1))
    assert [one.film for one in found] == [1]
    (match,) = found
    assert match.form == (5 if "mirrored" in name else 0)
    assert match.is_trimmed == ("letterboxed" in name)
    if name.startswith("trim"):
        assert abs(match.offset_ms - 3600) <= 700
    if "compilation" in name:
        assert match.begins_ms >= 7000
        assert match.ends_ms <= 13_500


def test_a_stranger_is_not_found(index: NearIndex) -> None:
    assert _found(index, _stranger()) == []


@pytest.mark.parametrize(("data", "found"), [(lambda: EDITS["trim, mirrored"](film, 1), [1]), (_stranger, [])])
def test_key_frames_alone_settle_what_is_near_and_what_is_not(
    data: Callable[[], bytes], found: list[int], index: NearIndex
) -> None:
    looks: list[sandbox.Film] = []

    def look(side: shelf.Side, near: Sequence[int]) -> sandbox.Film:
        looks.append(_asked(data(), side, near))
        return looks[-1]

    assert [one.film for one in shelf.ask(index, look)] == found
    (glance,) = looks
    assert 2 <= glance.moments <= 3


def test_a_film_of_one_key_frame_is_seen_at_two_moments() -> None:
    seen = _asked(encoded(film(3, 3, 60)), "glance")
    assert (seen.moments, seen.prints[0].ms) == (2, 0)


def test_what_follows_a_key_frame_is_looked_at_alone() -> None:
    data = encoded(film(3, 6, 2))
    (at,) = {one.ms for one in _asked(data, "glance").prints if 1000 < one.ms < 3000}
    times = sorted({one.ms for one in _asked(data, "near", [at]).prints})
    assert times[0] == at
    assert 3 <= len(times) <= 4
    assert times[-1] <= at + NEAR_MS
    assert {one.ms for one in _asked(data, "near", [at + 400]).prints} == set(times)
    assert _asked(data, "near", [9000]).moments > 4  # there is no key frame shortly before: all of it is looked at


@pytest.mark.parametrize("form", ["matroska", "avi", "mpegts", "mov"])
def test_other_containers_are_opened(form: str) -> None:
    assert _asked(encoded(film(3, 2), form)).moments >= 2


def _with_codec(codec: str, form: str, pixels: str = "yuv420p", side: int = 64, count: int = 3) -> bytes:
    import av

    out = io.BytesIO()
    with av.open(out, "w", format=form) as container:
        stream: Any = container.add_stream(codec, rate=5)
        stream.width, stream.height, stream.pix_fmt = side, side, pixels
        frame = av.VideoFrame(side, side, pixels)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        for _ in range(count):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def _sound_alone() -> bytes:
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="matroska") as container:
        stream: Any = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), dtype=np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (lambda: _with_codec("ffv1", "matroska"), "codec not allowed"),
        (_sound_alone, "no film in it"),
        (lambda: _known()[:3000], "damaged or not a film"),
        (lambda: b"\0\0\0\x18ftypmp42" + bytes(4000), "damaged or not a film"),
        (lambda: b"#EXTM3U\nfile:///etc/passwd\n", "not decoded: document"),
        (lambda: b"\0\0\0\x18ftypmp42#EXTM3U\nfile:///etc/passwd\n", "damaged or not a film"),
    ],
    ids=["codec", "sound alone", "cut off", "empty boxes", "playlist", "playlist that says it is a film"],
)
def test_what_is_no_film_of_ours_is_refused_with_a_reason(data: Any, reason: str) -> None:
    assert sandbox.film([data()], "query") == sandbox.Refused(reason)


def test_a_film_that_shows_nothing_is_decoded_and_agrees_with_nothing() -> None:
    found = _asked(_with_codec("mpeg4", "avi", count=1))
    assert (found.moments, found.prints) == (0, ())


def test_a_frame_with_too_many_pixels_is_refused() -> None:
    huge = _with_codec("mjpeg", "avi", "yuvj420p", 4016, 1)
    assert sandbox.film([huge], "query") == sandbox.Refused("too many pixels")
